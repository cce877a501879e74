"""What can be imported: the trades, their fields, and by what a row is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from onhand.connect.sheets import fields
from onhand.connect.sheets.errors import unknown_kind
from onhand.connect.sheets.fields import Field
from onhand.core.quantity import LARGEST

_SKU_NAMES = (
    "sku code,stock code,stockcode,item,item code,item number,item no,article,article number,product number,"
    "product id,part number,código,codigo,código sku,cod,código do produto,código de producto,código de artículo,"
    "artículo,referencia,referência,ref,clave,id producto"
)
_SITE_NAMES = "site code,warehouse,store,branch,sitio,almacén,tienda,sucursal,bodega,depósito,local,loja,armazém,filial"
_CURRENCY_NAMES = "currency code,ccy,moneda,divisa,moeda"
_COUNTRY_NAMES = "country code,pais,país,country region"


def _sku(refers: str = "catalog_sku.code", *, required: bool = True) -> Field:
    return Field("sku", "code", "the SKU's code", _SKU_NAMES, required, 64, refers=refers)


def _site() -> Field:
    return Field("site", "code", "the site's code", _SITE_NAMES, required=True, most=64, refers="places_site.code")


def _currency(*, required: bool = False) -> Field:
    return Field("currency", "currency", "three letters, as ISO 4217 names it", _CURRENCY_NAMES, required, 3)


@dataclass(frozen=True, slots=True)
class Trade:
    """A kind of rows.

    ``key``: by what a row is known, and may come once only. ``found_by``: what its present state is looked up by.
    ``together``: rows that agree in this are one thing, carried in one batch. ``turns``: the room whose changes queue
    up. ``checks``: what only this trade must look at, in SQL, before and after the present state is known.
    ``repeats``: a row of the same key again is harmless when it says the ``same``, or is ``never`` right, or is
    ``fine``.
    """

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    found_by: tuple[str, ...]
    turns: str
    together: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    late_checks: tuple[str, ...] = ()
    repeats: Literal["same", "never", "fine"] = "same"
    most_at_once: int = 2_000_000
    batch: int = 1000

    def field(self, name: str) -> Field:
        """A field by its name."""
        return next(each for each in self.fields if each.name == name)


_PRODUCTS: Final = Trade(
    "products",
    (
        _sku(refers=""),
        Field(
            "product",
            "code",
            "the product a variant belongs to; the SKU's own code when left out",
            "product code,parent,parent sku,handle,producto,produto",
            most=64,
        ),
        Field(
            "name",
            "name",
            "the product's name",
            "product name,title,item name,description short,nombre,nombre del producto,nome,nome do produto,título,"
            "denominación",
            required=True,
        ),
        Field("sku_name", "name", "the variant's name", "variant,variant name,variante,nombre variante,variação"),
        Field(
            "description",
            "text",
            "what the customer reads",
            "long description,details,body,descripción,descripcion,descrição,detalhes",
            most=20_000,
        ),
        Field(
            "category",
            "name",
            "a category's code or name",
            "category code,department,product group,product type,categoría,familia,departamento,rubro,categoria,grupo",
        ),
        Field(
            "unit",
            "choice",
            "what it is counted in",
            "unit of measure,uom,units,unidad,unidad de medida,unidade,unidade de medida",
            choices=fields.UNITS,
        ),
        Field("tracking", "choice", "none, lot or serial", "seguimiento,rastreo,rastreio", choices=fields.TRACKINGS),
        Field(
            "shelf_life_days",
            "whole",
            "how many days it keeps",
            "shelf life,vida útil,vida útil días,validade dias,prazo de validade",
            least="1",
            largest="36500",
        ),
        Field("active", "flag", "whether it is sold", "is active,enabled,activo,habilitado,ativo,vigente",
              choices=fields.FLAGS),
        Field(
            "barcode",
            "barcode",
            "a printed code; GTINs must have the right check digit",
            "gtin,ean,ean13,ean 13,upc,upc code,bar code,barcode number,código de barras,codigo de barras,ean gtin",
            most=64,
        ),
        Field(
            "price",
            "number",
            "what one unit costs from now on; with its currency",
            "unit price,list price,sale price,retail price,precio,precio unitario,preço,preço unitário,valor",
            least="0",
            largest="9999999999.9999",
            places=4,
        ),
        _currency(),
    ),
    key=("sku",),
    found_by=("sku", "product", "currency"),
    turns="catalog",
    together=("product",),
    checks=("products_agree", "barcodes_differ", "categories_known"),
    late_checks=("prices_have_currencies", "skus_stay_with_products", "units_stay", "barcodes_free"),
)  # fmt: skip

_BARCODES: Final = Trade(
    "barcodes",
    (
        _sku(),
        Field(
            "barcode",
            "barcode",
            "a printed code; GTINs must have the right check digit",
            "gtin,ean,ean13,ean 13,upc,upc code,code,bar code,barcode number,código de barras,codigo de barras",
            required=True,
            most=64,
        ),
        Field("level", "choice", "each, inner, case or pallet", "pack level,packaging,nivel,embalaje,nível,embalagem",
              choices=fields.LEVELS),
        Field(
            "quantity",
            "number",
            "how many base units the pack holds",
            "qty,pack size,units per pack,cantidad,unidades por paquete,quantidade,qtd",
            least="0.001",
            largest=str(LARGEST),
        ),
    ),
    key=("barcode",),
    found_by=("barcode", "sku"),
    turns="catalog",
    together=("sku",),
    late_checks=("barcodes_free",),
)  # fmt: skip

_PRICES: Final = Trade(
    "prices",
    (
        _sku(),
        _currency(required=True),
        Field(
            "amount",
            "number",
            "what one unit costs",
            "price,unit price,list price,sale price,retail price,precio,precio unitario,preço,preço unitário,valor",
            required=True,
            least="0",
            largest="9999999999.9999",
            places=4,
        ),
        Field(
            "valid_from",
            "moment",
            "from when on; now when left out",
            "from,start date,valid from,effective date,date,desde,fecha,vigente desde,fecha inicio,a partir de,"
            "data,data inicial,válido desde",
        ),
    ),
    key=("sku", "currency", "valid_from"),
    found_by=("sku", "currency", "valid_from"),
    turns="catalog",
)

_SITES: Final = Trade(
    "sites",
    (
        Field("code", "code", "the site's code", f"site,id,{_SITE_NAMES},código,codigo", required=True, most=64),
        Field("name", "name", "its name", "site name,nombre,nome,denominación", required=True),
        Field("kind", "choice", "warehouse, store or third_party", "type,site type,tipo", required=True,
              choices=fields.SITE_KINDS),
        Field("country", "country", "two letters, or the country's name", _COUNTRY_NAMES, required=True),
        Field("time_zone", "text", "IANA name, such as Europe/London",
              "timezone,tz,zona horaria,huso horario,fuso horário,fuso", required=True, most=64,
              refers="pg_timezone_names.name"),
        Field("currency", "currency", "three letters, as ISO 4217 names it", _CURRENCY_NAMES, required=True, most=3),
        Field("region", "name", "a region of your own", "area,zona,región,região,estado,state,province", most=64),
        Field("latitude", "number", "degrees", "lat,latitud", least="-90", largest="90", places=12),
        Field("longitude", "number", "degrees", "lon,lng,long,longitud", least="-180", largest="180", places=12),
        Field("active", "flag", "whether it is open for business", "is active,enabled,activo,ativo",
              choices=fields.FLAGS),
    ),
    key=("code",),
    found_by=("code",),
    turns="places",
    late_checks=("coordinates_come_in_pairs",),
    batch=200,
)  # fmt: skip

_LOCATIONS: Final = Trade(
    "locations",
    (
        _site(),
        Field("code", "code", "the location's code",
              "location,location code,bin,bin code,ubicación,ubicacion,localização,endereço,código", required=True,
              most=64),
        Field("kind", "choice", "pick, reserve, receiving, quarantine, damaged, packing or shipping",
              "type,location type,tipo", required=True, choices=fields.SHELF_KINDS),
        Field("zone", "name", "zone", "zona", most=32),
        Field("aisle", "name", "aisle", "pasillo,corredor,rua", most=32),
        Field("bay", "name", "bay", "rack,shelf,estantería,módulo,prateleira", most=32),
        Field("level", "name", "level", "nivel,nível,altura", most=32),
    ),
    key=("site", "code"),
    found_by=("site", "code"),
    turns="places",
    late_checks=("locations_stay_saleable",),
)  # fmt: skip

_CUSTOMERS: Final = Trade(
    "customers",
    (
        Field("code", "code", "the customer's code",
              "customer,customer id,customer code,customer number,account,account number,client,cliente,id cliente,"
              "código cliente,código do cliente,código,codigo,id", required=True, most=64),
        Field("name", "name", "a name",
              "customer name,full name,company,nombre,nombre cliente,razón social,nome,nome do cliente,razão social"),
        Field("email", "text", "an e-mail address", "e mail,mail,email address,correo,correo electrónico", most=254),
        Field("phone", "text", "a telephone number", "telephone,phone number,mobile,teléfono,telefone,celular",
              most=40),
        Field("country", "country", "two letters, or the country's name", _COUNTRY_NAMES),
    ),
    key=("code",),
    found_by=("code",),
    turns="customers",
)  # fmt: skip

_STOCK: Final = Trade(
    "stock",
    (
        _site(),
        Field("location", "code", "the location's code; pick when left out",
              "location code,bin,bin code,ubicación,ubicacion,localização,endereço", most=64, default="pick"),
        _sku(),
        Field("lot", "code", "lot or serial number, where the SKU is tracked",
              "batch,lot number,serial,serial number,lote,número de lote,serie,série", most=64),
        Field("quantity", "number", "how many lie there",
              "qty,on hand,quantity on hand,stock,count,counted,cantidad,existencia,existencias,quantidade,qtd,qtde,"
              "estoque,saldo", required=True, least="0", largest=str(LARGEST)),
        Field("expires_on", "day", "the last day", "expiry,expiry date,best before,expiration date,caducidad,"
              "fecha de caducidad,vencimiento,validade,data de validade"),
    ),
    key=("site", "location", "sku", "lot"),
    found_by=("site", "location", "sku", "lot"),
    turns="sheets.stock",
    checks=("locations_known", "lots_fit", "quantities_fit"),
    repeats="never",
    most_at_once=20_000,
    batch=2000,
)  # fmt: skip

_THRESHOLDS: Final = Trade(
    "thresholds",
    (
        _site(),
        _sku(),
        Field("quantity", "number", "below how much to be told; 0 for no threshold",
              "qty,threshold,minimum,min,min stock,minimum stock,reorder point,safety stock,mínimo,minimo,"
              "existencia mínima,stock mínimo,punto de pedido,estoque mínimo,ponto de pedido", required=True, least="0",
              largest=str(LARGEST)),
    ),
    key=("site", "sku"),
    found_by=("site", "sku"),
    turns="sheets.thresholds",
    checks=("quantities_fit",),
    batch=1000,
)  # fmt: skip

_ORDERS: Final = Trade(
    "orders",
    (
        Field("channel", "code", "the channel's code", "sales channel,canal", required=True, most=64,
              refers="orders_channel.code"),
        Field("number", "code", "the channel's own number",
              "order,order number,order id,order no,invoice,invoice no,invoice number,pedido,número de pedido,"
              "num pedido,número do pedido,factura,nota", required=True, most=64),
        _sku(),
        Field("quantity", "number", "how many are ordered", "qty,units,cantidad,quantidade,qtd,qtde", required=True,
              least="0.001", largest=str(LARGEST)),
        Field("unit_price", "number", "what one unit costs; the list price when left out",
              "price,precio,precio unitario,preço,preço unitário,valor unitário", least="0", largest="9999999999.9999",
              places=4),
        Field("customer", "code", "the customer's code",
              "customer id,customer code,client,cliente,id cliente,código cliente", most=64,
              refers="customers_customer.code"),
        Field("country", "country", "where it shall go", f"ship to country,{_COUNTRY_NAMES},país de entrega"),
        Field("postcode", "text", "where it shall go",
              "postal code,zip,zip code,código postal,cep", most=20),
        Field("address", "text", "street and house, town: the lines below the name",
              "street,shipping address,ship to address,dirección,dirección de envío,endereço,endereço de entrega",
              most=400),
        Field("currency", "currency", "three letters, as ISO 4217 names it", _CURRENCY_NAMES, most=3),
        Field("placed_at", "moment", "when it was placed",
              "order date,date,placed at,ordered at,created at,invoice date,fecha,fecha de pedido,data,data do pedido"),
        Field("priority", "whole", "higher is served first; 0 is ordinary", "prioridad,prioridade", least="-100",
              largest="100"),
    ),
    key=("channel", "number", "sku"),
    found_by=("channel", "number"),
    turns="sheets.orders",
    together=("channel", "number"),
    checks=("orders_agree", "orders_fit", "quantities_fit"),
    late_checks=("orders_stay", "orders_whole"),
    repeats="fine",
    most_at_once=20_000,
    batch=500,
)  # fmt: skip

TRADES: Final = {
    each.name: each
    for each in (_PRODUCTS, _BARCODES, _PRICES, _SITES, _LOCATIONS, _CUSTOMERS, _STOCK, _THRESHOLDS, _ORDERS)
}


def trade_called(name: str) -> Trade:
    """A trade by its name; raises ``CannotImport`` for another word."""
    if name not in TRADES:
        raise unknown_kind(name, TRADES)
    return TRADES[name]
