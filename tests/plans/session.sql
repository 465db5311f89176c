ADD JAR '/x/y.jar'; SET 'parallelism.default' = '4'; SET parallelism.default=3; SET; RESET; SET; USE MODULES core;
CREATE DATABASE d; USE d; SHOW DATABASES; SHOW CURRENT DATABASE; SHOW CATALOGS; SHOW MODULES;
SET 'taskmanager.numberOfTaskSlots' = '2'
