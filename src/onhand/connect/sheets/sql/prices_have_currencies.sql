-- A price without its currency is a number only.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT row, 'currency', '', 'missing', 'a price needs its currency', 'give one, or set one currency for all rows'
FROM {clean} AS clean
WHERE price IS NOT NULL AND currency IS NULL
    AND NOT EXISTS (SELECT FROM {faults} AS fault WHERE fault.row = clean.row AND fault.field = 'currency')
