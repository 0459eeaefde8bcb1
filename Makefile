# newswire's commands: `make help` lists them. What a command needs and the machine lacks is installed first.

CONFIG   ?= config/sample/newswire.toml
PREFIX   ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR  ?=

# Distributions want some of them elsewhere.
UNITDIR ?= $(PREFIX)/lib/systemd/system
MANDIR  ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR  ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

BINARY := .build/release/newswire
COMPLETIONS := .build/release/completions
PAGES := newswire.1 newswire.toml.5 newswire-store.5
UNITS := newswire.service newswire-deliver@.service
# What newswire-publish is linked with, and the servers that its tests start.
BUSES := libpq-dev libnats-dev libhiredis-dev librdkafka-dev
SERVERS := postgresql nats-server redis-server
PUBLISHER := .build/release/newswire-publish
# What newswire-web is linked with.
INDEX := libsqlite3-dev
WEB := .build/release/newswire-web
BUILD  := swift build -c release --static-swift-stdlib --product newswire
# Tests talk to servers on the loopback: no proxy may stand between.
DIRECT := env -u http_proxy -u https_proxy -u all_proxy -u no_proxy -u HTTP_PROXY -u HTTPS_PROXY -u ALL_PROXY -u NO_PROXY
# All tests at once would each take minutes, in which servers and libcurl lose patience.
WIDTH := SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := build
.PHONY: build publish install-publish web web-build install-web run test test-dependencies check-deep check-fleet coverage lint format bench fuzz worst-case man install uninstall deb clean help dependencies

build: dependencies ## build the program for release: .build/release/newswire
	@$(BUILD) >&2
	@mkdir -p $(COMPLETIONS)
	@for shell in bash zsh fish; do \
	    $(BINARY) --generate-completion-script $$shell >$(COMPLETIONS)/$$shell || exit 1; \
	done

publish: dependencies ## build newswire-publish for release, which needs the libraries of buses
	@.ci/dependencies $(BUSES)
	@swift build -c release --static-swift-stdlib --product newswire-publish >&2

web-build: dependencies ## build newswire-web for release, which needs SQLite
	@.ci/dependencies $(INDEX)
	@swift build -c release --static-swift-stdlib --product newswire-web >&2

web: build web-build ## build, poll the sample feeds and show them in a browser, until Ctrl-C
	@$(BINARY) poll --all --config $(CONFIG) >&2
	@echo "http://localhost:8473/" >&2
	@STATE_DIRECTORY="$(CURDIR)/.build/sample/web" $(WEB) run --config $(CONFIG)

run: build ## build, poll the sample feeds and print the articles that are new
	@$(BINARY) poll --all --config $(CONFIG) >&2
	@$(BINARY) dump --new --format text --config $(CONFIG)

test-dependencies: dependencies
	@.ci/dependencies python3 openssl $(BUSES) $(SERVERS) $(INDEX)

test: test-dependencies ## build and run all tests
	@swift build --build-tests
	@$(DIRECT) $(WIDTH) swift test --skip-build --disable-xctest

check-fleet: build ## services and two PostgreSQL in namespaces, with faults, by chance too, and controls; the guide to a fleet (root)
	@.ci/check-fleet --newswire .build/release/newswire --all
	@.ci/fleet-guide || [ $$? = 77 ]

check-deep: build ## what is too slow for every change: sanitizers, coverage, faults, the whole conformance kit
	@.ci/check-deep

coverage: dependencies ## run all tests and print how many lines of each room they reach
	@.ci/coverage

lint: dependencies ## check the format, which room imports which, what is cited, and the scripts
	@.ci/lint

format: dependencies ## lay all Swift files out as .swift-format says
	@swift format --in-place --recursive Package.swift Sources Tests Benchmarks

bench: build ## the hot paths and whole polls as ratios to C programs; polls need ../shared/bench
	@.ci/bench

fuzz: dependencies ## give the parsers made-up inputs: SECONDS=600 for each target, TARGET=xml for one
	@SECONDS_EACH=$(or $(SECONDS),60) .ci/fuzz $(TARGET)

worst-case: dependencies ## search for the documents that cost most a byte: SECONDS=3600 in all, SUBJECT=xml for one
	@SECONDS_IN_ALL=$(or $(SECONDS),60) .ci/worst-case $(SUBJECT)

man: build web-build ## write what the program knows of its commands and options into docs/man and config/newswire.toml
	@.packaging/man $(BINARY)

# Installs what `make build` has built, so that `sudo make install` compiles nothing. The configuration is yours: one
# that is there already is left alone.
install: ## install below PREFIX (/usr/local); DESTDIR is honoured
	@test -x $(BINARY) -a -s $(COMPLETIONS)/fish || { \
	    echo "make install: there is no $(BINARY) yet; run 'make' first" >&2; exit 1; }
	install -D -m 755 $(BINARY) "$(DESTDIR)$(PREFIX)/bin/newswire"
	install -d "$(DESTDIR)$(UNITDIR)" "$(DESTDIR)$(PREFIX)/lib/sysusers.d"
	@for unit in $(UNITS); do \
	    sed -e 's|/usr/bin/newswire|$(PREFIX)/bin/newswire|' -e 's|/etc/newswire|$(SYSCONFDIR)/newswire|g' \
	        "systemd/$$unit" >"$(DESTDIR)$(UNITDIR)/$$unit" && chmod 644 "$(DESTDIR)$(UNITDIR)/$$unit" || exit 1; \
	done
	install -m 644 systemd/newswire.sysusers.conf "$(DESTDIR)$(PREFIX)/lib/sysusers.d/newswire.conf"
	install -d "$(DESTDIR)$(MANDIR)/man1" "$(DESTDIR)$(MANDIR)/man5"
	@for page in $(PAGES); do install -m 644 docs/man/$$page "$(DESTDIR)$(MANDIR)/man$${page##*.}" || exit 1; done
	install -D -m 644 $(COMPLETIONS)/bash "$(DESTDIR)$(BASHDIR)/newswire"
	install -D -m 644 $(COMPLETIONS)/zsh "$(DESTDIR)$(ZSHDIR)/_newswire"
	install -D -m 644 $(COMPLETIONS)/fish "$(DESTDIR)$(FISHDIR)/newswire.fish"
	install -d "$(DESTDIR)$(SYSCONFDIR)/newswire/feeds.d" "$(DESTDIR)$(SYSCONFDIR)/newswire/deliver.d"
	install -d "$(DESTDIR)$(PREFIX)/share/doc/newswire/examples"
	install -m 644 README.md CHANGELOG.md LICENSE docs/*.md config/newswire.toml "$(DESTDIR)$(PREFIX)/share/doc/newswire"
	install -m 755 docs/examples/*-* "$(DESTDIR)$(PREFIX)/share/doc/newswire/examples"
	install -m 644 docs/examples/README.md "$(DESTDIR)$(PREFIX)/share/doc/newswire/examples"
	install -d "$(DESTDIR)$(PREFIX)/share/doc/newswire/examples/templates"
	install -m 644 docs/examples/templates/* "$(DESTDIR)$(PREFIX)/share/doc/newswire/examples/templates"
	@if [ -e "$(DESTDIR)$(SYSCONFDIR)/newswire/newswire.toml" ]; then \
	    echo "kept $(DESTDIR)$(SYSCONFDIR)/newswire/newswire.toml as it is"; \
	else \
	    install -v -m 644 config/newswire.toml "$(DESTDIR)$(SYSCONFDIR)/newswire/newswire.toml"; \
	fi

install-publish: ## install newswire-publish, which `make publish` has built
	@test -x $(PUBLISHER) || { echo "make install-publish: there is no $(PUBLISHER) yet; run 'make publish' first" >&2; exit 1; }
	install -D -m 755 $(PUBLISHER) "$(DESTDIR)$(PREFIX)/bin/newswire-publish"
	install -d "$(DESTDIR)$(UNITDIR)"
	@sed -e 's|/usr/bin/newswire|$(PREFIX)/bin/newswire|' -e 's|/etc/newswire|$(SYSCONFDIR)/newswire|g' \
	    systemd/newswire-publish@.service >"$(DESTDIR)$(UNITDIR)/newswire-publish@.service"
	@chmod 644 "$(DESTDIR)$(UNITDIR)/newswire-publish@.service"
	install -D -m 644 docs/man/newswire-publish.1 "$(DESTDIR)$(MANDIR)/man1/newswire-publish.1"

install-web: ## install newswire-web, which `make web-build` has built
	@test -x $(WEB) || { echo "make install-web: there is no $(WEB) yet; run 'make web-build' first" >&2; exit 1; }
	install -D -m 755 $(WEB) "$(DESTDIR)$(PREFIX)/bin/newswire-web"
	install -d "$(DESTDIR)$(UNITDIR)" "$(DESTDIR)$(PREFIX)/lib/sysusers.d"
	@sed -e 's|/usr/bin/newswire|$(PREFIX)/bin/newswire|' -e 's|/etc/newswire|$(SYSCONFDIR)/newswire|g' \
	    systemd/newswire-web.service >"$(DESTDIR)$(UNITDIR)/newswire-web.service"
	@chmod 644 "$(DESTDIR)$(UNITDIR)/newswire-web.service"
	install -m 644 systemd/newswire-web.sysusers.conf "$(DESTDIR)$(PREFIX)/lib/sysusers.d/newswire-web.conf"
	install -D -m 644 docs/man/newswire-web.1 "$(DESTDIR)$(MANDIR)/man1/newswire-web.1"

uninstall: ## remove what install has put there, but for the configuration and the store
	rm -f "$(DESTDIR)$(PREFIX)/bin/newswire" "$(DESTDIR)$(PREFIX)/lib/sysusers.d/newswire.conf" \
	    "$(DESTDIR)$(BASHDIR)/newswire" "$(DESTDIR)$(ZSHDIR)/_newswire" "$(DESTDIR)$(FISHDIR)/newswire.fish"
	for unit in $(UNITS) newswire-publish@.service newswire-web.service; do rm -f "$(DESTDIR)$(UNITDIR)/$$unit"; done
	rm -f "$(DESTDIR)$(PREFIX)/bin/newswire-publish" "$(DESTDIR)$(MANDIR)/man1/newswire-publish.1"
	rm -f "$(DESTDIR)$(PREFIX)/bin/newswire-web" "$(DESTDIR)$(MANDIR)/man1/newswire-web.1" \
	    "$(DESTDIR)$(PREFIX)/lib/sysusers.d/newswire-web.conf"
	for page in $(PAGES); do rm -f "$(DESTDIR)$(MANDIR)/man$${page##*.}/$$page"; done
	rm -rf "$(DESTDIR)$(PREFIX)/share/doc/newswire"

deb: build publish web-build ## make the Debian packages of what is built: .build/deb
	@.ci/dependencies dpkg-dev
	@.packaging/deb
	@.packaging/deb-publish
	@.packaging/deb-web

clean: ## remove everything that was built, and the sample store
	rm -rf .build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
	    printf 'make %-12s %s\n' "$$name" "$$what"; done

dependencies:
	@.ci/dependencies
