-- FROM ubuntu:20.04 is a comment here
SELECT * FROM models WHERE name = 'meta-llama/Llama-2-7b';
