import Testing
import Web

@Suite struct AddressPolicyTests {
    @Test(
        "security.md §2: an address that is not public is known in every form",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
            "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1", "255.255.255.255",
            "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
            "64:ff9b::192.168.0.1", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:1ff:ffff::1",
            "2001:db8::1", "2002:7f00:1::", "2002:c0a8:101::1", "2002:a00:1::", "3fff::1", "3fff:fff:ffff::1",
            "fc00::1",
            "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "4000::1", "5f00::1",
        ])
    func notPublic(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!address.isPublic)
        #expect(!AddressPolicy.deny.allows(address, port: 80, host: "example.org"))
        #expect(AddressPolicy.allow.allows(address, port: 80, host: "example.org"))
    }

    @Test("What no request gets to is told by the name of its host alone, and by its port")
    func refusals() throws {
        func policy(_ entries: String...) -> AddressPolicy { .list(entries.compactMap { AddressPolicy.Entry($0) }) }
        for host in ["10.0.0.1", "::1", "localhost", "a.localhost", "ip6-localhost"] {
            #expect(AddressPolicy.deny.refuses(host: host, port: 8080))
            #expect(!AddressPolicy.allow.refuses(host: host, port: 8080))
            #expect(policy().refuses(host: host, port: 8080))
            #expect(!policy("\(host.contains(":") ? "[\(host)]" : host):8080").refuses(host: host, port: 8080))
        }
        #expect(!policy("::1").refuses(host: "localhost", port: 80))
        #expect(!policy("10.0.0.0/8").refuses(host: "10.0.0.1", port: 80))
        #expect(policy("10.0.0.1:81").refuses(host: "10.0.0.1", port: 80))
        #expect(!AddressPolicy.deny.refuses(host: "example.org", port: 443))
        #expect(AddressPolicy.deny.refuses(host: "example.org", port: 25))
    }

    @Test(
        "The addresses beside blocks that are not public are public",
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
            "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.88.98.255",
            "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255",
            "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255", "93.184.216.34", "::ffff:93.184.216.34",
            "64:ff9b::5db8:d822", "2002:5db8:d822::1", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1",
            "2606:4700::1", "2a00::1", "3ffe::1", "3fff:1000::1", "2000::1",
        ])
    func isPublic(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isPublic)
        #expect(AddressPolicy.deny.allows(address, port: 80, host: "example.org"))
    }

    @Test(
        "A text that is no address is not read as one",
        arguments: ["", "1.2.3", "1.2.3.4.5", "01.2.3.4x", "fe80::1%eth0", "[::1]", "localhost", "0x7f.0.0.1"])
    func noAddress(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("A block contains the addresses of its prefix") func blocks() throws {
        func contains(_ block: String, _ address: String) throws -> Bool {
            let block = try #require(AddressBlock(block))
            return block.contains(try #require(IPAddress(address)))
        }
        #expect(try contains("10.0.0.0/8", "10.9.8.7"))
        #expect(try !contains("10.0.0.0/8", "11.0.0.0"))
        #expect(try contains("0.0.0.0/0", "255.1.2.3"))
        #expect(try contains("192.0.2.7", "192.0.2.7"))
        #expect(try !contains("192.0.2.7/32", "192.0.2.6"))
        #expect(try contains("fd00::/8", "fdab::1"))
        #expect(try !contains("fd00::/8", "fe00::1"))
        #expect(try contains("2001:db8:0:1::/64", "2001:db8:0:1:ffff::"))
        #expect(try !contains("2001:db8:0:1::/64", "2001:db8:0:2::"))
        #expect(try contains("2001:db8::ff00/120", "2001:db8::ffab"))
        #expect(try !contains("2001:db8::ff00/120", "2001:db8::feab"))
        #expect(try contains("::/0", "ffff::1"))
        #expect(try !contains("::/0", "1.2.3.4"))
        #expect(AddressBlock("10.0.0.0/33") == nil)
        #expect(AddressBlock("10.0.0.0/-1") == nil)
        #expect(AddressBlock("10.0.0.0/") == nil)
        #expect(AddressBlock("::/129") == nil)
    }

    @Test("A list in private_networks allows what it names and no more") func lists() throws {
        let policy = AddressPolicy.list(
            ["10.1.0.0/16", "rsshub.lan:1200", "[::1]:8080", "127.0.0.1:81"].compactMap(AddressPolicy.Entry.init))
        func allows(_ address: String, _ port: UInt16, _ host: String) throws -> Bool {
            policy.allows(try #require(IPAddress(address)), port: port, host: host)
        }
        #expect(try allows("10.1.2.3", 80, "a.example"))
        #expect(try allows("::ffff:10.1.2.3", 80, "a.example"))
        #expect(try !allows("10.2.0.1", 80, "a.example"))
        #expect(try allows("192.168.0.9", 1200, "rsshub.lan"))
        #expect(try !allows("192.168.0.9", 1201, "rsshub.lan"))
        #expect(try !allows("192.168.0.9", 1200, "evil.example"))
        #expect(try allows("::1", 8080, "localhost"))
        #expect(try !allows("::1", 8081, "localhost"))
        #expect(try allows("127.0.0.1", 81, "127.0.0.1"))
        #expect(try allows("93.184.216.34", 80, "example.org"))
        #expect(policy.allows(port: 81, host: "127.0.0.1"))
        #expect(!policy.allows(port: 82, host: "127.0.0.1"))
    }

    @Test(
        "security.md §2: an entry of private_networks names a block, or a host as URLs do and a port",
        arguments: [
            ("10.0.0.0/8", "10.0.0.0/8"), ("192.0.2.7", "192.0.2.7/32"), ("::1", "::1/128"), ("FD00::/8", "fd00::/8"),
            ("RSSHub.lan.:1200", "rsshub.lan:1200"), ("rss%68ub.lan:1200", "rsshub.lan:1200"),
            ("2130706433:8099", "127.0.0.1:8099"), ("[0:0::1]:80", "[::1]:80"),
            ("b\u{fc}cher.example:80", "xn--bcher-kva.example:80"),
        ])
    func entry(written: String, read: String) throws {
        let entry = try #require(AddressPolicy.Entry(written))
        #expect(entry.description == read && AddressPolicy.Entry(read) == entry)
    }

    @Test(
        "What is neither a block nor a host with a port is no entry of private_networks",
        arguments: [
            "", "rsshub.lan", "a:b:1", ":80", "host:", "host:0", "host:99999", "[1:80", "a/b:80", "[foo]:80", "[::1]",
            "[::1]x:80", "a<b:80", "me@host:80", "a b:80", "10.0.0.0/33", "*:80", "127.0.0.08:80", "[fe80::1%25lo]:80",
        ])
    func noEntry(text: String) {
        #expect(AddressPolicy.Entry(text) == nil)
    }

    @Test("security.md §3: ports below 1024 but for 80 and 443 are refused")
    func ports() {
        for port: UInt16 in [1, 22, 25, 79, 81, 442, 444, 1023] {
            #expect(!AddressPolicy.deny.allows(port: port, host: "example.org"))
            #expect(!AddressPolicy.allow.allows(port: port, host: "example.org"))
        }
        for port: UInt16 in [80, 443, 1024, 8080, 65_535] {
            #expect(AddressPolicy.deny.allows(port: port, host: "example.org"))
        }
    }

    @Test("security.md §2: through a proxy, addresses and this machine's names are judged")
    func throughAProxy() {
        #expect(!AddressPolicy.deny.allowsThroughProxy(host: "127.0.0.1", port: 80))
        #expect(!AddressPolicy.deny.allowsThroughProxy(host: "::1", port: 80))
        #expect(!AddressPolicy.deny.allowsThroughProxy(host: "localhost", port: 80))
        #expect(!AddressPolicy.deny.allowsThroughProxy(host: "a.localhost", port: 80))
        #expect(AddressPolicy.deny.allowsThroughProxy(host: "example.org", port: 80))
        #expect(AddressPolicy.allow.allowsThroughProxy(host: "localhost", port: 80))
    }
}
