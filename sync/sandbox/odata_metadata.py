"""The `$metadata` documents of OData, letter for letter as Central's templates print them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from forms.xform import Field
from sync.sandbox.escapes import mustache
from sync.sandbox.schema import odata_name

_ROOT = "org.opendatakit.user"
_TYPES = {
    "int": "Edm.Int64",
    "decimal": "Edm.Decimal",
    "boolean": "Edm.Boolean",
    "geopoint": "Edm.GeographyPoint",
    "geotrace": "Edm.GeographyLineString",
    "geoshape": "Edm.GeographyPolygon",
    "date": "Edm.Date",
    "dateTime": "Edm.DateTimeOffset",
}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">
  <edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="org.opendatakit.submission">
      <ComplexType Name="metadata">
        <Property Name="submissionDate" Type="Edm.DateTimeOffset"/>
        <Property Name="updatedAt" Type="Edm.DateTimeOffset"/>
        <Property Name="deletedAt" Type="Edm.DateTimeOffset"/>
        <Property Name="submitterId" Type="Edm.String"/>
        <Property Name="submitterName" Type="Edm.String"/>
        <Property Name="attachmentsPresent" Type="Edm.Int64"/>
        <Property Name="attachmentsExpected" Type="Edm.Int64"/>
        <Property Name="status" Type="org.opendatakit.submission.Status"/>
        <Property Name="reviewState" Type="org.opendatakit.submission.ReviewState"/>
        <Property Name="deviceId" Type="Edm.String"/>
        <Property Name="edits" Type="Edm.Int64"/>
        <Property Name="formVersion" Type="Edm.String"/>
      </ComplexType>
      <EnumType Name="Status">
        <Member Name="notDecrypted"/>
        <Member Name="missingEncryptedFormData"/>
      </EnumType>
      <EnumType Name="ReviewState">
        <Member Name="hasIssues"/>
        <Member Name="edited"/>
        <Member Name="rejected"/>
        <Member Name="approved"/>
      </EnumType>
    </Schema>
"""
_TAIL = """      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>"""
_ANNOTATIONS = """\
          <Annotation Term="Org.OData.Capabilities.V1.ConformanceLevel" \
EnumMember="Org.OData.Capabilities.V1.ConformanceLevelType/Minimal"/>
          <Annotation Term="Org.OData.Capabilities.V1.BatchSupported" Bool="false"/>
          <Annotation Term="Org.OData.Capabilities.V1.CountRestrictions">
            <Record><PropertyValue Property="Countable" Bool="true"/></Record>
          </Annotation>
          <Annotation Term="Org.OData.Capabilities.V1.FilterFunctions">
            <Record>
              <PropertyValue Property="NonCountableProperties">
                <Collection>
                  <String>eq</String>
                </Collection>
              </PropertyValue>
            </Record>
          </Annotation>
          <Annotation Term="Org.OData.Capabilities.V1.FilterFunctions">
            <Record>
              <PropertyValue Property="Filterable" Bool="true"/>
              <PropertyValue Property="RequiresFilter" Bool="false"/>
              <PropertyValue Property="NonFilterableProperties">
                <Collection>
{names}                </Collection>
              </PropertyValue>
            </Record>
          </Annotation>
          <Annotation Term="Org.OData.Capabilities.V1.SortRestrictions">
            <Record><PropertyValue Property="Sortable" Bool="false"/></Record>
          </Annotation>
          <Annotation Term="Org.OData.Capabilities.V1.ExpandRestrictions">
            <Record><PropertyValue Property="Expandable" Bool="false"/></Record>
          </Annotation>
"""


@dataclass(slots=True)
class _Type:
    name: str
    path: str
    repeat: bool
    properties: list[tuple[str, str, bool]] = field(default_factory=list)
    """Name, type, whether it is a navigation property."""


def form_metadata(form_id: str, fields: Iterable[Field]) -> str:
    """The metadata document of a form."""
    base = f"{_ROOT}.{odata_name(form_id)}"
    entities, complexes = _types(base, fields)
    parts = [
        _HEAD,
        f'    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="{base}">\n',
    ]
    for each in entities:
        parts.append(f'      <EntityType Name="{each.name}">\n')
        parts.append('        <Key><PropertyRef Name="__id"/></Key>\n')
        parts.append('        <Property Name="__id" Type="Edm.String"/>\n')
        if not each.repeat:
            system = "org.opendatakit.submission.metadata"
            parts.append(f'        <Property Name="__system" Type="{system}"/>\n')
        parts += [*_properties(each), "      </EntityType>\n"]
    for each in complexes:
        parts.append(f'      <ComplexType Name="{each.name}">\n')
        parts += [*_properties(each), "      </ComplexType>\n"]
    parts.append(f'      <EntityContainer Name="{mustache(form_id)}">\n')
    for each in entities:
        parts.append(f'        <EntitySet Name="{each.name}" EntityType="{base}.{each.name}">\n')
        parts.append("" if each.repeat else _annotations([p[0] for p in each.properties]))
        parts.append("        </EntitySet>\n")
    return "".join([*parts, _TAIL])


def _types(base: str, fields: Iterable[Field]) -> tuple[list[_Type], list[_Type]]:
    root = _Type("Submissions", "", repeat=False)
    entities, complexes, stack = [root], list[_Type](), [root]
    for each in fields:
        while stack[-1].path and not each.path.startswith(stack[-1].path + "/"):
            stack.pop()
        name, dotted = odata_name(each.name), ".".join(_parts(each.path))
        if each.type == "structure":
            kind = _Type(dotted, each.path, repeat=False)
            stack[-1].properties.append((name, f"{base}.{dotted}", False))
            complexes.append(kind)
            stack.append(kind)
        elif each.type == "repeat":
            above = next((t for t in reversed(stack) if t.repeat), None)
            ids = ["Submissions", *(_parts(above.path) if above else [])]
            kind = _Type(f"Submissions.{dotted}", each.path, repeat=True)
            kind.properties.append((f"__{'-'.join(ids)}-id", "Edm.String", False))
            collection = f"Collection({base}.Submissions.{dotted})"
            stack[-1].properties.append((name, collection, True))
            entities.append(kind)
            stack.append(kind)
        else:
            stack[-1].properties.append((name, _TYPES.get(each.type, "Edm.String"), False))
    return entities, complexes


def _parts(path: str) -> list[str]:
    return [odata_name(part) for part in path[1:].split("/")]


def _properties(kind: _Type) -> list[str]:
    return [
        f'        <{"NavigationProperty" if link else "Property"} Name="{name}" Type="{type_}"/>\n'
        for name, type_, link in kind.properties
    ]


def _annotations(names: Iterable[str]) -> str:
    lines = [f"                  <PropertyPath>{name}</PropertyPath>\n" for name in names]
    return _ANNOTATIONS.format(names="".join(lines))


def dataset_metadata(dataset: str, names: Iterable[str]) -> str:
    """The metadata document of an entity list; the stray spaces are Central's."""
    base = f"{_ROOT}.{odata_name(dataset)}"
    names = [odata_name(name) for name in names]
    rows = "".join(f'        <Property Name="{name}" Type="Edm.String"/>\n' for name in names)
    return (
        _ENTITY_HEAD
        + f'    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="{base}">    \n'
        '      <EntityType Name="Entities">\n'
        '        <Key><PropertyRef Name="__id"/></Key>\n'
        '        <Property Name="__id" Type="Edm.String"/>\n'
        '        <Property Name="__system" Type="org.opendatakit.entity.metadata"/>\n'
        '        <Property Name="label" Type="Edm.String"/>\n'
        f"{rows}"
        "      </EntityType>    \n"
        f'      <EntityContainer Name="{mustache(dataset)}">      \n'
        f'        <EntitySet Name="Entities" EntityType="{base}.Entities">          \n'
        + _annotations(names)
        + _SEARCH
        + _TAIL
    )


_ENTITY_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">
  <edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="org.opendatakit.entity">
      <ComplexType Name="metadata">
        <Property Name="createdAt" Type="Edm.DateTimeOffset"/>
        <Property Name="creatorId" Type="Edm.String"/>
        <Property Name="creatorName" Type="Edm.String"/>{stray}
        <Property Name="updates" Type="Edm.Int64"/>
        <Property Name="updatedAt" Type="Edm.DateTimeOffset"/>
        <Property Name="deletedAt" Type="Edm.DateTimeOffset"/>
        <Property Name="version" Type="Edm.Int64"/>
        <Property Name="conflict" Type="Edm.String"/>
      </ComplexType>
    </Schema>
""".replace("{stray}", " " * 8)
_SEARCH = """\
          <Annotation Term="Org.OData.Capabilities.V1.SearchRestrictions">
            <Record>
              <PropertyValue Property="Searchable" Bool="true" />
              <PropertyValue Property="UnsupportedExpressions">
              <Collection>
                <EnumMember>Org.OData.Capabilities.V1.SearchExpressions/And</EnumMember>
                <EnumMember>Org.OData.Capabilities.V1.SearchExpressions/Not</EnumMember>
                <EnumMember>Org.OData.Capabilities.V1.SearchExpressions/Group</EnumMember>
              </Collection>
            </PropertyValue>
            </Record>
          </Annotation>
        </EntitySet>
"""
