// swift-tools-version: 6.2
import Glibc
import PackageDescription

/// What every Swift target is built with: strict, and quiet only when there is nothing to say.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Whether the C library of this machine, on which programs are to run as well, reads addresses that are packed: from 2.36 on.
let readsPackedAddresses: Bool = {
    var name = [CChar](repeating: 0, count: 64)
    // In the words of "glibc 2.36".
    guard confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count) > 0 else { return false }
    let version = name.split { !(0x30...0x39).contains($0) }.compactMap { digits in
        Int(String(decoding: digits.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self))
    }
    return !version.lexicographicallyPrecedes([2, 36])
}()

/// How programs are linked for release: without the names by which a library that is loaded could find what is in them, because
/// none looks, and with the addresses that the loader puts right packed. That is 4.5 MB less of 38 for newswire-web, and takes lld.
let linking: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "--no-export-dynamic"]
            + (readsPackedAddresses ? ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"] : []),
        .when(configuration: .release))
]

/// A room of the house. The arrows between rooms are in docs/architecture.md; nothing may point back.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies,
        swiftSettings: settings)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")

/// Debian 12's RE2 is linked in, because the shared library has another name in each Debian, and what is built on one would
/// not run on the next. A later one stands on Abseil, and is linked as it is there.
let re2 = access("/usr/include/absl/base/config.h", R_OK) == 0 ? "re2" : ":libre2.a"

let package = Package(
    name: "newswire",
    products: [.executable(name: "newswire", targets: ["NewswireMain"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Only newswire-web is built with it.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // C libraries of the system. xxhash and toml++ are used header only: no pkgConfig, whose flags would link the
        // shared library, which the machine that runs newswire need not have.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CUchardet", pkgConfig: "uchardet", providers: [.apt(["libuchardet-dev"])]),
        .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
        // libpq's declarations alone: newswire-publish says itself that it is linked with it, and newswire is not.
        .systemLibrary(name: "CPQ", providers: [.apt(["libpq-dev"])]),
        // Those of buses, which newswire-publish alone is linked with.
        .systemLibrary(name: "CNATS", pkgConfig: "libnats", providers: [.apt(["libnats-dev"])]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CRDKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        // The index of newswire-web.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CTOML", cxxSettings: [.unsafeFlags(["-std=c++17", "-fvisibility=hidden"])]),
        .target(
            name: "CRE2", cxxSettings: [.unsafeFlags(["-std=c++17", "-fvisibility=hidden"])],
            linkerSettings: [.linkedLibrary(re2)]),
        .target(name: "CShims"),
        .target(name: "CDecoders", linkerSettings: [.linkedLibrary("z")]),

        // The ground floor.
        room("Text"),
        room("Digest", ["Text", "CCrypto", "CXXHash"]),
        room("Locking"),
        room("JSONText"),
        room("Web", ["Text", "CCurl"]),
        room("FeedModel", ["JSONText", "Text", "Digest"]),
        room("PostgreSQL", ["FeedModel", "CPQ"]),

        // The rooms that an article goes through. Neighbours never import each other, but for lists of feeds, which are
        // mended as feeds are, for the text of HTML, which is read in one place, and for queries, which are read where they
        // stand.
        room("Configuration", ["Querying", "FeedParsing", "FeedModel", "Web", "Text", "Digest", "CTOML", "CShims"]),
        room("Scheduling", ["FeedModel", heap]),
        room("Fetching", ["FeedModel", "Web", "Text", "Locking", "Digest", "CCurl", "CDecoders", "CShims"]),
        room("FeedParsing", ["FeedModel", "JSONText", "Text", "CLibXML2", "CUchardet"]),
        room("PageExtraction", ["FeedParsing", "FeedModel", "JSONText", "Text"]),
        room("Identity", ["FeedModel", "Text", "Digest"]),
        room("Publishing", ["Web"]),
        room("Querying", ["FeedParsing", "FeedModel", "Web", "Text", "CRE2"]),
        room("Archiving", ["FeedModel", "Text", "Digest", "Locking", "CDecoders"]),
        room("ArticleStore", ["FeedModel", "Text", "JSONText", "Digest", "Locking", "CShims"]),
        room("Fleet", ["FeedModel", "JSONText", "Text", "Digest"]),
        room("Engine", ["Fleet", "PostgreSQL", "Digest", "Locking", "CShims"]),

        // What joins them, and the program.
        room(
            "Ingestion",
            [
                "Configuration", "Scheduling", "Fetching", "FeedParsing", "Identity", "Querying", "ArticleStore",
                "Archiving", "Fleet", "FeedModel", "Web", "PageExtraction", "Locking", "CShims", "Digest", "JSONText",
                logging,
                lifecycle,
            ]),
        .target(
            name: "newswire",
            dependencies: [
                "Ingestion", "Configuration", "Scheduling", "Fetching", "FeedParsing", "PageExtraction", "Identity",
                "Querying", "ArticleStore", "Archiving", "Publishing", "Fleet", "Engine", "FeedModel", "JSONText",
                "Web", "Text", "Digest",
                "Locking",
                "CShims",
                argumentParser,
                logging,
                lifecycle,
                unixSignals,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "NewswireMain", dependencies: ["newswire"], path: "Sources/Programs/newswire",
            swiftSettings: settings, linkerSettings: linking),
        .target(
            name: "Buses",
            dependencies: [
                "Publishing", "PostgreSQL", "FeedModel", "JSONText", "Web", "Locking", "CPQ", "CNATS", "CHiredis",
                "CRDKafka",
            ], swiftSettings: settings, linkerSettings: [.linkedLibrary("pq")]),
        .executableTarget(
            name: "newswire-publish", dependencies: ["newswire", "Buses"], path: "Sources/Programs/newswire-publish",
            swiftSettings: settings, linkerSettings: linking),
        // What newswire-web is made of: an index of the store, what is asked of it and answered, and the server, which alone
        // knows of NIO.
        room(
            "SearchIndex",
            ["ArticleStore", "Querying", "FeedModel", "Digest", "Locking", "CSQLite", "CShims"]),
        room(
            "WebInterface",
            [
                "newswire", "SearchIndex", "Ingestion", "Configuration", "Scheduling", "FeedParsing", "Querying",
                "ArticleStore", "Archiving", "FeedModel", "JSONText", "Web", "Text", "Digest", "Locking", "CShims",
                logging,
            ]),
        room(
            "WebServer",
            ["WebInterface", "Ingestion", "FeedModel", "Web", nioCore, nioPosix, nioHTTP, logging, lifecycle]),
        .executableTarget(
            name: "newswire-web",
            dependencies: [
                "newswire", "WebServer", "WebInterface", "SearchIndex", "Ingestion", "Configuration", "ArticleStore",
                "FeedModel", "Web", "Locking", "CShims", argumentParser, logging, lifecycle, unixSignals,
            ], path: "Sources/Programs/newswire-web", swiftSettings: settings,
            linkerSettings: linking),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["CShims", "Locking"], path: "Tests/TestSupport",
            swiftSettings: settings),
        tests("Text"),
        tests("Digest"),
        tests("Locking"),
        tests("JSONText"),
        tests("Web"),
        tests("FeedModel", ["Digest", "JSONText", "Web"]),
        tests("Configuration", ["Querying", "FeedModel", "Web"]),
        tests("Scheduling", ["FeedModel"]),
        tests("Fetching", ["FeedModel", "Web", "Text", "Digest", "Locking", "CCurl"]),
        tests("FeedParsing", ["FeedModel", "JSONText"]),
        tests("PageExtraction", ["FeedParsing", "FeedModel", "JSONText"]),
        tests("Identity", ["FeedModel", "Digest", "JSONText"]),
        tests("Querying", ["FeedModel", "FeedParsing"]),
        tests("Archiving", ["FeedModel", "Locking"]),
        tests("ArticleStore", ["FeedModel", "Digest", "JSONText"]),
        tests("Fleet", ["FeedModel", "Digest", "JSONText"]),
        tests("PostgreSQL"),
        tests("Engine", ["Fleet", "PostgreSQL", "Locking"]),
        tests(
            "Ingestion",
            [
                "Configuration", "Scheduling", "Fetching", "FeedParsing", "Identity", "Querying", "ArticleStore",
                "Archiving", "Fleet", "FeedModel", "JSONText", "Web", "Locking", "Digest", logging,
            ]),
        tests("Buses", ["Publishing", "Web", "FeedModel"]),
        tests(
            "newswire",
            [
                "Fetching", "FeedModel", "ArticleStore", "Configuration", "Digest", "Ingestion", "JSONText",
                "Publishing", "Web",
                logging,
            ]),
        tests("SearchIndex", ["ArticleStore", "Querying", "FeedModel", "Digest", "JSONText", "Locking"]),
        tests(
            "WebInterface",
            [
                "newswire", "SearchIndex", "Ingestion", "Configuration", "ArticleStore", "Querying", "FeedModel",
                "JSONText", "Scheduling",
                "Web", "Digest", "Text", "Locking", logging,
                // Answers are compared with what the commands print.
                "NewswireMain",
            ]),
        tests(
            "WebServer",
            ["WebInterface", "Ingestion", "Configuration", "FeedModel", "Web", "Locking", nioCore, logging, lifecycle]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "JSONText", "ArticleStore", "Archiving", "FeedModel", "Digest", "Text", "Configuration",
                "Fetching", "Querying", "Fleet", "Ingestion", "newswire", "NewswireMain", "newswire-publish",
                "newswire-web",
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// What `make fuzz` runs. libFuzzer brings its own main, so it exists only in that build.
if Context.environment["NEWSWIRE_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "Configuration", "FeedParsing", "PageExtraction", "Identity", "Querying", "FeedModel", "JSONText",
            ],
            path: "Benchmarks/Fuzzing", swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}

// Benchmarks see `package` declarations, so they live here; ordinary builds know nothing of them (.ci/bench).
if Context.environment["NEWSWIRE_BENCH"] != nil {
    package.targets.append(
        .executableTarget(
            name: "hotpaths",
            dependencies: [
                "FeedParsing", "PageExtraction", "Identity", "ArticleStore", "Querying", "Scheduling", "FeedModel",
                "JSONText",
                "Digest",
            ],
            path: "Benchmarks/HotPaths", swiftSettings: settings))
    package.targets.append(
        .executableTarget(
            name: "worstcase",
            dependencies: ["Configuration", "FeedParsing", "Identity", "FeedModel", "JSONText", "Text", "Digest"],
            path: "Benchmarks/WorstCase", swiftSettings: settings))
    package.targets.append(
        .executableTarget(
            name: "parsebench", dependencies: ["FeedParsing", "FeedModel"], path: "Benchmarks/ParseBench",
            swiftSettings: settings))
    package.targets.append(
        .executableTarget(
            name: "storebench", dependencies: ["ArticleStore", "FeedModel", "Digest"], path: "Benchmarks/StoreBench",
            swiftSettings: settings))
    package.targets.append(
        .executableTarget(
            name: "searchbench", dependencies: ["SearchIndex", "ArticleStore", "Querying", "FeedModel", "Digest"],
            path: "Benchmarks/SearchBench", swiftSettings: settings))
    package.targets.append(
        .executableTarget(
            name: "fleetlog", dependencies: ["Engine", "Fleet", "Locking"], path: "Benchmarks/FleetLog",
            swiftSettings: settings))
}
