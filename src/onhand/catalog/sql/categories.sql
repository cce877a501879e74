-- The tree of categories, each before those below it, siblings by name.
WITH RECURSIVE tree AS (
    SELECT
        category.id, category.code, category.name, NULL::varchar(64) COLLATE "C" AS parent, 0 AS depth,
        ARRAY[(category.name || ' ' || category.code) COLLATE "default"] AS path
    FROM catalog_category AS category
    WHERE category.parent_id IS NULL
    UNION ALL
    SELECT
        child.id, child.code, child.name, tree.code, tree.depth + 1,
        tree.path || (child.name || ' ' || child.code) COLLATE "default"
    FROM tree
    JOIN catalog_category AS child ON child.parent_id = tree.id
)
SELECT path, id, code, name, parent, depth
FROM tree
WHERE {filters}
ORDER BY path
LIMIT %(most)s
