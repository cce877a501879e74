-- Room for the rows of one import: unlogged, since a file can be sent again.
CREATE UNLOGGED TABLE {rows} (row integer NOT NULL, cells text[] NOT NULL);
CREATE UNLOGGED TABLE {faults} (
    row integer NOT NULL, field text NOT NULL, value text, code text NOT NULL, reason text NOT NULL,
    remedy text NOT NULL
);
CREATE SEQUENCE {steps}
