"""What a column may mean, and how it is recognised: names in English, Spanish and Portuguese.

A field says what its cells may hold; `checks` turns that into SQL. Values with a closed list (kinds, units, yes and no)
are known by the words people write for them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final, Literal

Shape = Literal[
    "code", "name", "text", "number", "whole", "flag", "moment", "day", "choice", "country", "currency", "barcode"
]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a trade. ``required``: a new thing needs it. ``refers``: a table and column its value must be in."""

    name: str
    shape: Shape
    meaning: str
    names: str = ""  # other names of the column, between commas
    required: bool = False
    most: int = 200
    least: str = ""  # the smallest and the largest number
    largest: str = ""
    places: int = 3
    choices: Mapping[str, str] = field(default_factory=dict)
    refers: str = ""
    default: str = ""  # what a blank cell means

    def spellings(self) -> set[str]:
        """Every name a column of this meaning may bear, made plain."""
        return {plain(each) for each in (self.name, *self.names.split(","))}


def plain(name: str) -> str:
    """A header without accents, signs and capitals: ``Código de barras*`` → ``codigo de barras``."""
    bare = unicodedata.normalize("NFKD", name.replace("º", "o").replace("№", "no"))
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", "".join(each for each in bare if not unicodedata.combining(each)))
    return " ".join(re.sub(r"[\W_]+", " ", apart.casefold()).split())


def _words(**words: str) -> dict[str, str]:
    return {
        spelling.strip(): value for value, spellings in words.items() for spelling in (value, *spellings.split(","))
    }


FLAGS: Final = _words(
    true="yes,y,1,1.0,x,t,active,on,si,sí,s,verdadero,activo,activa,sim,verdadeiro,ativo,ativa",
    false="no,n,0,0.0,f,inactive,off,falso,inactivo,inactiva,não,nao,inativo,inativa",
)
SITE_KINDS: Final = _words(
    warehouse="dc,distribution centre,distribution center,almacén,almacen,bodega,depósito,deposito,armazém,armazem",
    store="shop,outlet,tienda,sucursal,loja,filial",
    third_party="third party,3pl,partner,tercero,operador logístico,terceiro,parceiro",
)
SHELF_KINDS: Final = _words(
    pick="picking,shelf,estante,prateleira,separação",
    reserve="bulk,storage,reserva",
    receiving="inbound,dock,recepción,recepcion,recebimento",
    quarantine="qc,hold,cuarentena,quarentena",
    damaged="scrap,dañado,danado,danificado,avariado",
    packing="pack,empaque,embalagem",
    shipping="outbound,dispatch,despacho,expedición,expedição",
)
UNITS: Final = _words(
    each="ea,pc,pcs,piece,pieces,unit,units,un,und,unid,unidad,unidades,unidade,pza,pieza,piezas,peça,peças,pç",
    pair="pr,pairs,par,pares",
    set="sets,kit,juego,jogo,conjunto",
    pack="packs,pk,paquete,pacote,pct",
    box="boxes,bx,caja,cajas,caixa,caixas,cx",
    bag="bags,bolsa,saco,sacola",
    bottle="bottles,botella,garrafa",
    can="cans,lata,latas",
    roll="rolls,rollo,rolo",
    sheet="sheets,hoja,folha",
    bundle="bundles,fardo,atado",
    dozen="dz,doz,docena,dúzia,duzia",
    kg="kilogram,kilograms,kilo,kilos,kilogramo,quilograma,quilo",
    g="gram,grams,gr,gramo,gramos,grama,gramas",
    t="tonne,tonelada",
    lb="lbs,pound,pounds,libra",
    oz="ounce,ounces,onza,onça",
    l="litre,liter,litres,liters,lt,litro,litros",
    ml="millilitre,milliliter,mililitro,mililitros",
    gal="gallon,galón,galão",
    m="metre,meter,metres,meters,mt,metro,metros",
    cm="centimetre,centimeter,centímetro",
    mm="millimetre,millimeter,milímetro",
    ft="foot,feet,pie,pé",
    yd="yard,yarda,jarda",
    m2="sqm,m²,metro cuadrado,metro quadrado",
    m3="cbm,m³,metro cúbico",
    hour="hours,hr,h,hora,horas",
)
TRACKINGS: Final = _words(
    none="no,-,ninguno,nenhum,sin,sem",
    lot="batch,lote,lotes",
    serial="serial number,serie,número de serie,série,número de série",
)
LEVELS: Final = _words(
    each="unit,piece,unidad,unidade",
    inner="pack,paquete,pacote",
    case="carton,box,caja,caixa",
    pallet="palet,palé,palete",
)

_COUNTRIES_ALSO: Final = {
    "GB": "uk,united kingdom,great britain,england,scotland,wales,reino unido,inglaterra",
    "US": "usa,u.s.,u.s.a.,united states of america,estados unidos,eeuu,ee.uu.,eua",
    "IE": "eire,irlanda",
    "CZ": "czechia,república checa,república tcheca",
    "KR": "south korea,corea del sur,coreia do sul",
    "RU": "rusia,rússia",
    "VN": "viet nam",
    "NL": "holland,the netherlands,países bajos,países baixos,holanda",
    "ES": "españa,espanha",
    "BR": "brasil",
    "DE": "alemania,alemanha",
    "FR": "francia,frança",
    "IT": "italia,itália",
    "MX": "méxico",
    "CH": "suiza,suíça",
    "BE": "bélgica",
    "JP": "japón,japão",
    "AE": "uae,emiratos árabes unidos,emirados árabes unidos",
    "PE": "perú",
    "PA": "panamá",
    "CO": "colômbia",
    "UY": "uruguai",
    "PY": "paraguai",
    "EC": "equador",
    "BO": "bolívia",
}


@cache
def countries() -> dict[str, str]:
    """Names of countries and their ISO 3166-1 codes: the names of the IANA time zone database, and what people say."""
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    known = {name.casefold(): code for code, name in rows} | {code.casefold(): code for code, _ in rows}
    also = {name: code for code, names in _COUNTRIES_ALSO.items() for name in names.split(",")}
    return known | also
