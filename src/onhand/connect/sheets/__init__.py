"""Sheets in and out: files of rows, CSV and XLSX, that people keep, mend and send.

Words of this folder. A *sheet* is a file with one row of *headers* and rows of *cells* below. A *trade* is what the
rows are about (products, stock, orders …) with its *fields*; a *mapping* says which column is which field. Rows are
*staged* as they are, *checked* in SQL, and *judged*: new, changed, unchanged or wrong. An import *goes ahead* in
batches, through the verbs every other door uses, and notes every *change*, so that it can be *undone*.

    reading   a file into cells: `texts` (CSV), `workbooks` (XLSX), with limits on everything
    fields    what a field may hold, and how a column is recognised; `trades` lists what can be imported
    mapping   which column means which field: by name, by hand, remembered
    staging   cells into the database
    checks    cells into values, faults and verdicts, set by set
    carrying  the good rows, batch by batch, through the rooms' own verbs
    undoing   what an import did, taken back
    imports   all of it as doors use it
    exports   what the shop knows, as sheets
"""
