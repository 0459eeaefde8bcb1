import Configuration
import TestSupport
import Testing
import Web

@Suite("Settings: contract.md §2")
struct SettingsTests {
    let fixture = ConfigurationFixture()

    @Test("A configuration without feeds is valid and has the defaults of the contract")
    func defaults() throws {
        let configuration = try fixture.load("")
        #expect(configuration.feeds.isEmpty && configuration.contact == nil && configuration.warnings.isEmpty)
        #expect(configuration.fetch == FetchSettings())
        #expect(configuration.fetch.concurrency == 64 && configuration.fetch.hostConcurrency == 1)
        #expect(configuration.fetch.hostDelay == .seconds(2) && configuration.fetch.timeout == .seconds(30))
        #expect(configuration.fetch.connectTimeout == .seconds(10) && configuration.fetch.maxBody == 15_728_640)
        #expect(configuration.fetch.privateNetworks == .deny && configuration.fetch.proxy == nil)
        #expect(configuration.schedule.minInterval == .seconds(600))
        #expect(configuration.schedule.maxInterval == .seconds(86_400))
        #expect(configuration.schedule.initialInterval == .seconds(3600))
        #expect(configuration.schedule.maxAgeCap == .seconds(86_400))
        #expect(configuration.store.segmentSize == 67_108_864 && configuration.store.keep == .forever)
        #expect(configuration.store.updates == .keep && configuration.store.duplicates == .differing)
        #expect(configuration.log.level == .info)
    }

    @Test("Every key of the program's settings is read")
    func everyKey() throws {
        let configuration = try fixture.load(
            """
            contact = "mailto:feeds@example.org"
            [fetch]
            concurrency = 7
            host_concurrency = 3
            host_delay = "0s"
            connect_timeout = "4s"
            timeout = "1m"
            max_body = "2MiB"
            private_networks = ["localhost:8080", "10.0.0.0/8", "::1", "[fd00::1]:80"]
            proxy = "socks5h://127.0.0.1:9050"
            ca_file = "ca.pem"
            [host."Reddit.com"]
            delay = "60s"
            concurrency = 2
            pause_scope = "feed"
            max_age_cap = "2h"
            [host."example.org"]
            [schedule]
            min_interval = "1s"
            max_interval = "2d"
            initial_interval = "5m"
            max_age_cap = "12h"
            [store]
            directory = "data"
            segment_size = "1MiB"
            keep = "90d"
            updates = "ignore"
            duplicates = "keep"
            [status]
            textfile = "newswire.prom"
            [log]
            level = "debug"
            """)
        let folder = fixture.folder.path
        #expect(configuration.contact == "mailto:feeds@example.org")
        var fetch = FetchSettings()
        fetch.concurrency = 7
        fetch.hostConcurrency = 3
        fetch.hostDelay = .zero
        fetch.connectTimeout = .seconds(4)
        fetch.timeout = .seconds(60)
        fetch.maxBody = 2 << 20
        fetch.privateNetworks = .list(
            ["localhost:8080", "10.0.0.0/8", "::1/128", "[fd00::1]:80"].compactMap(AddressPolicy.Entry.init))
        fetch.proxy = try ProxyURL("socks5h://127.0.0.1:9050")
        fetch.caFile = "\(folder)/ca.pem"
        #expect(configuration.fetch == fetch)
        let hosts = configuration.hosts
        try #require(hosts.map(\.name) == ["example.org", "reddit.com"])
        #expect(hosts[0].delay == .zero && hosts[0].concurrency == 3 && hosts[0].maxAgeCap == .seconds(43_200))
        #expect(hosts[1].delay == .seconds(60) && hosts[1].concurrency == 2)
        #expect(hosts[1].pauseScope == .feed && hosts[1].maxAgeCap == .seconds(7200))
        #expect(configuration.schedule.minInterval == .seconds(1))
        #expect(configuration.schedule.maxInterval == .seconds(172_800))
        #expect(configuration.schedule.initialInterval == .seconds(300))
        #expect(configuration.schedule.maxAgeCap == .seconds(43_200))
        #expect(configuration.store.directory == "\(folder)/data" && configuration.store.segmentSize == 1 << 20)
        #expect(configuration.store.keep == .span(.seconds(7_776_000)))
        #expect(configuration.store.updates == .ignore && configuration.store.duplicates == .keep)
        #expect(configuration.status.textfile == "\(folder)/newswire.prom")
        #expect(configuration.log.level == .debug)
    }

    @Test(
        "An impossible value of a setting is an error with file and line",
        arguments: [
            ("[fetch]\nconcurrency = 0", "2: error: [fetch] concurrency: must be 1 to 4096, not 0"),
            ("[fetch]\nconcurrency = 9223372036854775807", "must be 1 to 4096"),
            ("[fetch]\nconcurrency = \"64\"", "must be a number, not text"),
            ("[fetch]\nconcurrency = 1.5", "must be a number, not a number with a fraction"),
            ("[fetch]\ntimeout = 30", "2: error: [fetch] timeout: must be a span such as"),
            ("[fetch]\ntimeout = \"30\"", "is no span"),
            ("[fetch]\ntimeout = \"99999999999999999999s\"", "is no span"),
            ("[fetch]\ntimeout = \"0s\"", "must be 1s to 1h, not 0s"),
            ("[fetch]\n\nmax_body = \"15MB\"", "3: error: [fetch] max_body: is no size"),
            ("[fetch]\nmax_body = 1000", "must be a size such as"),
            ("[fetch]\nprivate_networks = \"maybe\"", "must be \"deny\", \"allow\" or a list"),
            ("[fetch]\nprivate_networks = [\"10.0.0.0/33\"]", "must list host:port or CIDR"),
            ("[fetch]\nprivate_networks = [\"localhost\"]", "must list host:port or CIDR"),
            ("[fetch]\nprivate_networks = [\"localhost:0\"]", "must list host:port or CIDR"),
            ("[fetch]\nprivate_networks = [\"localhost:99999\"]", "must list host:port or CIDR"),
            ("[fetch]\nprivate_networks = [7]", "must list host:port or CIDR"),
            ("[fetch]\nproxy = \"ftp://proxy:1\"", "[fetch] proxy: must be http://HOST:PORT"),
            ("[schedule]\nmin_interval = \"2d\"", "min_interval (2d) is longer than max_interval (1d)"),
            ("[schedule]\ninitial_interval = \"1m\"", "initial_interval must be between"),
            ("[schedule]\nmax_age_cap = \"32d\"", "must be 0s to 31d, not 32d"),
            ("[store]\ndirectory = \"\"", "[store] directory: is empty"),
            ("[store]\nkeep = \"always\"", "[store] keep: is no span"),
            ("[store]\nupdates = \"drop\"", "must be \"keep\" or \"ignore\", not \"drop\""),
            ("[log]\nlevel = \"loud\"", "\"warning\" or \"error\", not \"loud\""),
            ("[log]\nlevel = 3", "[log] level: must be"),
            ("fetch = 3", "1: error: fetch: must be a table, not a number"),
            ("contact = 3", "contact: must be text"),
            ("contact = \"example.org\"", "contact: must be a URL such as"),
            ("contact = \"https://me:x@example.org/\"", "contact: must be a URL such as"),
            ("contact = \"https://example.org/a(b)\"", "cannot stand in a User-Agent"),
            ("[host.reddit.com]\ndelay = \"1s\"", "a host with dots needs quotes; write [host.\"reddit.com\"]"),
            ("[host.\"https://reddit.com\"]", "must be a bare host"),
            ("[host.\"reddit.com:80\"]", "must be without a port"),
            ("[host.\"*.reddit.com\"]", "needs no *"),
            ("[host]\nx = 1", "is no host"),
            ("[host.\"a.org\"]\n[host.\"A.org\"]", "is already in"),
            ("[host.\"a.org\"]\nconcurrency = 257", "must be 1 to 256"),
            ("[host.\"a.org\"]\npause_scope = \"all\"", "must be \"host\" or \"feed\""),
        ])
    func impossible(text: String, message: String) throws {
        let errors = fixture.errors(text)
        try #require(errors.count == 1, "\(errors)")
        #expect(errors[0].contains(message), "\(errors[0])")
        #expect(errors[0].hasPrefix("newswire.toml:"))
    }

    @Test("All that is wrong with a configuration is reported, not only the first")
    func allErrors() {
        let errors = fixture.errors("contcat = 1\n[fetch]\ntimeout = 3\n[stroe]\n[log]\nlevel = 1\n[[feed]]\n")
        #expect(errors.count == 5, "\(errors)")
        let lines = errors.map { $0.split(separator: ":")[1] }
        #expect(lines == ["1", "3", "4", "6", "7"], "errors stand in the order of the file")
    }

    @Test(
        "An unknown key is an error that names the nearest key",
        arguments: [
            ("contcat = \"x\"", "1: error: \"contcat\": there is no such key; did you mean contact?"),
            ("[fetch]\ntime_out = \"3s\"", "did you mean timeout?"),
            ("[fetch]\nhost-delay = \"3s\"", "did you mean host_delay?"),
            ("[sheduel]", "did you mean schedule?"),
            ("timeout = \"3s\"", "it belongs in [fetch] or [[feed]]"),
            (
                "[host.\"a.org\"]\ndealy = \"1s\"",
                "2: error: [host] \"dealy\": there is no such key; did you mean delay?"
            ),
            ("[store]\nxyzzyxyzzyxyzzy = 1", "the keys here are directory, segment_size"),
            ("[[feed]]\nurl = \"https://example.org/\"\nuser-agent = \"x\"", "did you mean user_agent?"),
            ("[[feeds]]\nurl = \"https://example.org/\"", "did you mean feed?"),
        ])
    func unknownKey(text: String, message: String) throws {
        let errors = fixture.errors("\(text)\n").filter { !$0.contains("contact: is missing") }
        try #require(errors.count == 1, "\(errors)")
        #expect(errors[0].contains(message), "\(errors[0])")
    }

    @Test("A configuration that is broken TOML is an error with its line")
    func syntax() {
        #expect(
            fixture.errors("[fetch]\nconcurrency = = 3").first?.hasPrefix("newswire.toml:2: error: is not TOML") == true
        )
        #expect(fixture.errors("a = 1\na = 2").first?.hasPrefix("newswire.toml:2: error:") == true)
        #expect(!fixture.errors("[[feed]]\nbearer = hunter2hunter2").isEmpty)
        // toml++ 3.3 takes this to be impossible.
        #expect(
            fixture.errors("[log]\n\n[[[x]]]\n\n[fetch]").first?.hasPrefix("newswire.toml:3: error: is not TOML")
                == true)
    }

    @Test("A key of very many parts, or values nested very deep, are refused and crash nothing")
    func depth() {
        let key = Array(repeating: "a", count: 20_000).joined(separator: ".")
        #expect(fixture.errors("\(key) = 1").first?.contains("more than 16 parts") == true)
        #expect(fixture.errors("[\(key)]").first?.contains("more than 16 parts") == true)
        #expect(fixture.errors("x = \"\"\"a\"\"\"\"\"\ny = {\(key) = 1}").first?.contains("16 parts") == true)
        #expect(!fixture.errors("x = " + String(repeating: "[", count: 100_000)).isEmpty)
        #expect(!fixture.errors("x = " + String(repeating: "{a=", count: 100_000)).isEmpty)
        let dots = String(repeating: "…...", count: 100)
        #expect(fixture.errors("contact = \"https://example.org/\" # \(dots)").isEmpty)
    }

    @Test("A configuration that is missing or a folder is an error that says so")
    func missing() {
        for (path, reason) in [("/nonexistent/n.toml", "No such file"), (fixture.folder.path, "Is a directory")] {
            let error = #expect(throws: ConfigurationError.self) {
                try ConfigurationLoader.load(path: path, environment: ["HOME": "/root"])
            }
            #expect(error?.description.hasPrefix("\(path): error: the configuration cannot be read: \(reason)") == true)
        }
    }

    @Test("A host shares the table of its nearest domain")
    func hostLookup() throws {
        let configuration = try fixture.load(
            "[host.\"reddit.com\"]\ndelay = \"9s\"\n[host.\"old.reddit.com\"]\ndelay = \"1s\"")
        #expect(configuration.hostSettings(for: "reddit.com")?.delay == .seconds(9))
        #expect(configuration.hostSettings(for: "www.reddit.com")?.delay == .seconds(9))
        #expect(configuration.hostSettings(for: "a.old.reddit.com")?.delay == .seconds(1))
        #expect(configuration.hostSettings(for: "notreddit.com") == nil)
        #expect(configuration.hostSettings(for: "com") == nil)
    }

    @Test("The store lies where the environment and the place of the configuration say")
    func storeDirectory() throws {
        var fixture = fixture
        #expect(try fixture.load("").store.directory == "/home/somebody/.local/state/newswire")
        fixture.environment = ["XDG_STATE_HOME": "/state", "HOME": "/h"]
        #expect(try fixture.load("").store.directory == "/state/newswire")
        fixture.environment["STATE_DIRECTORY"] = "/var/lib/nw:/var/lib/other"
        #expect(try fixture.load("").store.directory == "/var/lib/nw")
        #expect(try fixture.load("[store]\ndirectory = \"/srv/x\"").store.directory == "/srv/x")
        fixture.environment = [:]
        #expect(fixture.errors("").first?.contains("[store] directory: is not set") == true)
    }

    @Test("The configuration is looked for in the order of contract.md §1")
    func path() {
        let environment = ["NEWSWIRE_CONFIG": "/n.toml", "HOME": "/h", "XDG_CONFIG_HOME": "/x"]
        func find(_ existing: Set<String>, option: String? = nil, _ environment: [String: String]) -> ConfigurationPath
        {
            .find(option: option, environment: environment) { existing.contains($0) }
        }
        let all: Set = ["/n.toml", "/x/newswire/newswire.toml", "/etc/newswire/newswire.toml"]
        #expect(find(all, option: "mine.toml", environment) == .found("mine.toml"))
        #expect(find(all, environment) == .found("/n.toml"))
        #expect(find(all.subtracting(["/n.toml"]), environment) == .found("/x/newswire/newswire.toml"))
        #expect(
            find(["/h/.config/newswire/newswire.toml"], ["HOME": "/h"]) == .found("/h/.config/newswire/newswire.toml"))
        #expect(find(all, [:]) == .found("/etc/newswire/newswire.toml"))
        #expect(
            find([], ["HOME": "/h"])
                == .missing(tried: ["/h/.config/newswire/newswire.toml", "/etc/newswire/newswire.toml"]))
    }
}
