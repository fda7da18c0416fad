"""Frequent names of the region, by nationality, to put invented people together with."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Pool:
    """Names of one part of the region, the most frequent first."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    last: tuple[str, ...]


def _pool(women: str, men: str, last: str) -> Pool:
    """From names with spaces between; `_` is a space within a name."""
    return Pool(*(tuple(n.replace("_", " ") for n in part.split()) for part in (women, men, last)))


_MALI = _pool(
    "Fatoumata Aminata Mariam Kadiatou Awa Oumou Djénéba Assétou Rokia Hawa Sira Nana Bintou Salimata "
    "Kadidia Maïmouna Ramata Safiatou Tenin Niélé",
    "Mamadou Amadou Moussa Ibrahima Seydou Oumar Modibo Bakary Adama Souleymane Issa Drissa Boubacar "
    "Lassana Abdoulaye Cheickna Sékou Yacouba Mahamadou Demba",
    "Traoré Coulibaly Diarra Keïta Konaté Sissoko Camara Diakité Sidibé Sangaré Koné Dembélé Touré "
    "Cissé Dramé Diallo Kanouté Doumbia Sacko Tounkara Fofana Bathily Gassama",
)
_FOUTA = _pool(
    "Aïssatou Mariama Fatoumata Kadiatou Binta Hadja Oumou Ramatoulaye Djénabou Hassanatou Aminata",
    "Mamadou Alpha Thierno Ibrahima Abdoulaye Amadou Boubacar Elhadj Mouctar Saliou Alseny Sékou",
    "Diallo Bah Barry Sow Baldé Camara Condé Keïta Sylla Touré Soumah Kaba Bangoura Kourouma Traoré",
)
_SENEGAMBIA = _pool(
    "Fatou Aïssatou Khady Awa Ndèye_Coumba Mame Astou Binta Sokhna Adama Mariama Rokhaya",
    "Mamadou Cheikh Ousmane Abdoulaye Modou Ibrahima Pape Alioune Lamine Babacar Moussa Samba",
    "Diop Ndiaye Fall Sow Ba Faye Gueye Sarr Diallo Mbaye Sy Cissé Seck Thiam Kane Diouf",
)
_BURKINA = _pool(
    "Aminata Fatimata Mariam Rasmata Salamata Awa Zénabo Adjaratou Habibou Pauline Alizèta",
    "Ousmane Issa Adama Salif Boureima Moussa Idrissa Rasmané Hamidou Paul Souleymane Lassané",
    "Ouédraogo Sawadogo Kaboré Zongo Compaoré Nikiéma Kinda Tapsoba Sana Bandé Zoungrana Ilboudo",
)
_IVORY = _pool(
    "Mariam Fatou Aya Akissi Adjoua Affoué Awa Amenan Salimata Rita",
    "Kouassi Koffi Yao Mamadou Kouamé Moussa Konan Adama Ibrahim Jean",
    "Koné Ouattara Kouassi Kouamé Touré Coulibaly Koffi Bamba Yao Konan Diabaté Kouadio",
)
_COAST = _pool(
    "Abla Afi Ama Yawa Akossiwa Grace Adjoa Mariam Esther Comfort Essi",
    "Kofi Kodjo Kwame Komlan Kwasi Emmanuel Yaw Kossi Mensah Samuel Akwasi",
    "Mensah Owusu Agbeko Adjei Dossou Hounkpatin Asante Boateng Amouzou Lawson Appiah Agossou",
)
_ANGLOPHONE = _pool(
    "Fatima Blessing Grace Isatu Mary Aisha Patience Musu Hawa Esther",
    "Mohamed Emmanuel Ibrahim Joseph Musa Samuel Abu Sunday Prince Alhaji",
    "Kamara Sesay Okafor Bello Johnson Koroma Bangura Eze Kollie Conteh Musa Davies",
)
_SAHEL = _pool(
    "Zeinabou Hadiza Aïchatou Mariama Rahamatou Fatimatou Khadijetou Halima Salamatou",
    "Abdou Mahamadou Issoufou Moussa Sidi Ahmed Mohamed Boubacar Salissou Oumarou",
    "Maïga Issaka Ould_Ahmed Amadou Mahamane Touré Ould_Sidi Harouna Garba Alassane Abdou",
)
_ELSEWHERE = _pool(
    "Marie Fatima Nadia Chantal Samira Li",
    "Jean Karim Ahmed Paul Wei Joseph",
    "Ngono Mbarga Benali Haddad Mukendi Chen Mahamat Silva",
)

_BY_NATIONALITY = {
    "ML": _MALI, "GN": _FOUTA, "GW": _FOUTA, "SN": _SENEGAMBIA, "GM": _SENEGAMBIA, "BF": _BURKINA,
    "CI": _IVORY, "GH": _COAST, "TG": _COAST, "BJ": _COAST, "NG": _ANGLOPHONE, "SL": _ANGLOPHONE,
    "LR": _ANGLOPHONE, "NE": _SAHEL, "MR": _SAHEL, "TD": _SAHEL,
}  # fmt: skip


def name(nationality: str, rng: Random, *, female: bool) -> tuple[str, str]:
    """A last name and first names; one person in six has two first names."""
    pool = _BY_NATIONALITY.get(nationality, _ELSEWHERE)
    given = pool.women if female else pool.men
    first = _frequent(given, rng)
    second = _frequent(given, rng) if rng.random() < 1 / 6 else first
    return _frequent(pool.last, rng), first if second == first else f"{first} {second}"


def _frequent(names: Sequence[str], rng: Random) -> str:
    """Frequency falls with the rank, as it does everywhere."""
    return rng.choices(names, [1 / (rank + 1.5) for rank in range(len(names))])[0]
