-- Ошибка посреди сценария: 中文; nothing before it is told twice
CREATE TABLE t (a INT, b STRING) WITH ('connector' = 'datagen');

CREATE VIEW v AS
  SELECT a, -- комментарий
         'é' AS `名前`,  bb
  FROM t;

SELECT a FROM v
