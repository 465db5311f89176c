# What one types. `make help` lists it; every target first installs what is missing (tools/setup).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help setup configure build all run test bench fuzz peers format lint sanitize install clean
MAKEFLAGS += --no-print-directory

PIPELINE ?= pipelines/unified-events
PREFIX ?= /usr/local
SECONDS_EACH ?= 60
ASAN_FOLDERS := $(notdir $(patsubst %/,%,$(wildcard src/*/)))
TSAN_FOLDERS := base net broker state exec checkpoint connectors server

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup:
	@tools/setup

configure: setup
	@[ -f build/build.ninja ] || cmake --preset release >/dev/null

build: configure ## build/weir, release
	@ninja -C build --quiet weir

all: configure ## the program, its tests, benchmarks and fuzz targets
	@ninja -C build --quiet

run: build ## run PIPELINE (pipelines/unified-events) until Ctrl-C; a minute without a terminal
	@if [ -t 1 ]; then exec build/weir run $(PIPELINE); else exec build/weir run $(PIPELINE) --for 60s; fi

test: all ## every test: unit, golden, client, fuzz and style
	@python3 tools/run_tests.py build

bench: all ## micro-benchmarks; results in bench/results/micro.json
	@python3 tools/bench.py build bench/results/micro.json

fuzz: setup ## every fuzz target under libFuzzer and sanitizers for SECONDS_EACH (60) seconds
	@tools/setup sanitize
	python3 tools/fuzz.py $(SECONDS_EACH) $(TARGETS)

peers: build ## compare with the real systems: goldens on Apache Flink, messages and topics of Apache Kafka
	@tools/setup flink kafka kafka-broker
	python3 tests/peers/kafka_schema_test.py
	python3 tests/peers/kafka_java_test.py build/weir
	"$$(tools/setup --where)/python/bin/python" tests/peers/outside_kafka_test.py build/weir
	python3 tests/peers/window_flink_test.py build/weir
	python3 tools/flink_oracle/oracle.py check tests/sql

format: ## clang-format over the whole tree
	@tools/setup format
	git ls-files -co --exclude-standard '*.cc' '*.h' | xargs clang-format-19 -i

lint: setup ## clang-tidy over FILES (those that differ from main)
	@tools/setup format sanitize
	cmake --preset lint --log-level=WARNING
	ninja -C build-lint --quiet weir_kafka_codec
	files="$(FILES)"
	[ -n "$$files" ] || files=$$(git diff --name-only --diff-filter=d main -- 'src/*.cc')
	[ -n "$$files" ] || { echo "no source differs from main; name some: make lint FILES=src/x.cc"; exit 0; }
	xargs -P2 -n1 clang-tidy-19 -p build-lint --quiet --extra-arg=-include$(CURDIR)/cmake/pch.h <<<"$$files"

sanitize: setup ## all under address and undefined, what is concurrent under the thread sanitizer
	@tools/setup sanitize
	python3 tools/sanitize.py asan $(ASAN_FOLDERS)
	python3 tools/sanitize.py tsan $(TSAN_FOLDERS)

install: build ## copy weir and its libraries under PREFIX (/usr/local)
	@install -d $(PREFIX)/lib/weir/lib $(PREFIX)/bin
	install build/weir $(PREFIX)/lib/weir/weir
	cp -L build/lib/*.so* $(PREFIX)/lib/weir/lib/
	ln -sfn ../lib/weir/weir $(PREFIX)/bin/weir

clean: ## remove every build folder
	@rm -rf build build-asan build-tsan build-debug build-lint build-coverage
