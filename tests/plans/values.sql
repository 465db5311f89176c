SELECT 1; SELECT 1 + 1, 'a', -5; VALUES (1, 'x'), (2, 'yy');
SELECT * FROM (VALUES (1, 2.5), (2, 3)) AS v (a, b) WHERE a > 1
