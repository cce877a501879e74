"""The shop window ``/shop``: pages for customers, who need no account.

Lean on purpose: a frame, a sheet of style and a script of their own, for a phone on a slow line. Addresses come twice:
``/shop/goods/mug`` speaks the reader's language, ``/shop/es/goods/mug`` Spanish to everybody.
"""
