import Glibc

/// Searches for documents that cost most for each of their bytes.
///
///     worstcase search FOUND [--seconds N] [--seed N] [--fixtures FOLDER] [SUBJECT]...
///     worstcase ordinary SUBJECT FOUND          writes the ordinary documents of a subject as recipes
///     worstcase run SUBJECT RECIPE LENGTH TIMES reads a recipe's document so many times
///     worstcase document RECIPE LENGTH          prints it
///
/// `search` writes the dearest recipe of each island to FOUND/SUBJECT-N.recipe and prints them, dearest first: subject,
/// file, how many times what an ordinary byte costs, how much that grows from 128 KiB to at most 4 MiB. Recipes of
/// FIXTURES/worst-case/SUBJECT-*.recipe are where it starts. Costs are processor time; `.ci/worst-case` counts instructions.
@main
struct WorstCase {
    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "search" where arguments.count >= 2: SearchCommand(&arguments).run()
        case "ordinary" where arguments.count == 3:
            let subject = subject(arguments[1])
            for (number, recipe) in Ordinary.documents(of: subject).enumerated() {
                File.write(recipe.description, to: "\(arguments[2])/\(subject.rawValue)-\(number).ordinary")
            }
        case "run" where arguments.count == 5:
            let document = recipe(arguments[2]).document(Int(arguments[3]) ?? 0)
            for _ in 0..<(Int(arguments[4]) ?? 1) { subject(arguments[1]).run(document) }
            print(subject(arguments[1]).bytes(of: document))
        case "document" where arguments.count == 3:
            let document = recipe(arguments[1]).document(Int(arguments[2]) ?? 0)
            document.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if count <= 0 { exit(74) }
                    rest = rest.dropFirst(count)
                }
            }
        default:
            print("usage: worstcase search FOUND [--seconds N] [--seed N] [--fixtures FOLDER] [SUBJECT]...")
            exit(64)
        }
    }

    static func subject(_ name: String) -> Subject {
        if let subject = Subject(rawValue: name) { return subject }
        print("no subject is called \(name): \(Subject.allCases.map(\.rawValue).joined(separator: " "))")
        exit(64)
    }

    static func recipe(_ path: String) -> Recipe {
        if let text = File.read(path), let recipe = Recipe(String(decoding: text, as: UTF8.self)) { return recipe }
        print("\(path) is no recipe")
        exit(66)
    }
}

/// `search`.
private struct SearchCommand {
    private let found: String
    private var seconds = 60
    private var seed: UInt64 = 1
    private var fixtures = "Tests/Fixtures"
    private var subjects: [Subject] = []

    private static let shortLength = 128 << 10

    init(_ arguments: inout [String]) {
        found = arguments[1]
        var rest = arguments.dropFirst(2)
        while let argument = rest.popFirst() {
            switch argument {
            case "--seconds": seconds = rest.popFirst().flatMap { Int($0) } ?? seconds
            case "--seed": seed = rest.popFirst().flatMap { UInt64($0) } ?? seed
            case "--fixtures": fixtures = rest.popFirst() ?? fixtures
            default: subjects.append(WorstCase.subject(argument))
            }
        }
        if subjects.isEmpty { subjects = Subject.allCases }
    }

    func run() {
        var searches = subjects.map { subject in
            Search(
                subject, seed: seed, words: Words.of(subject, fixtures: fixtures + "/fuzz"), known: known(subject))
        }
        // In turns, so that whenever it ends all have had the same time.
        let end = time(nil) + seconds
        var isFirst = true
        while isFirst || time(nil) < end {
            isFirst = false
            for index in searches.indices {
                let turn = time(nil) + max(1, min(10, seconds / subjects.count))
                while time(nil) < min(turn, end) { searches[index].step() }
                searches[index].recheck()
                save(searches[index])
            }
        }
        report(searches)
    }

    private func known(_ subject: Subject) -> [Recipe] {
        ["\(fixtures)/worst-case", found].flatMap { folder in
            File.names(in: folder, ending: ".recipe").filter { $0.hasPrefix(subject.rawValue + "-") }
                .map { WorstCase.recipe("\(folder)/\($0)") }
        }
    }

    /// After each turn, so that nothing is lost where the search is ended from outside.
    private func save(_ search: Search) {
        for (island, living) in search.islands.enumerated() {
            guard let dearest = living.first else { continue }
            File.write(dearest.recipe.description, to: path(search.subject, island))
        }
    }

    private func path(_ subject: Subject, _ island: Int) -> String { "\(found)/\(subject.rawValue)-\(island).recipe" }

    private func report(_ searches: [Search]) {
        var lines: [(ratio: Double, text: String)] = []
        for search in searches {
            for (island, living) in search.islands.enumerated() {
                guard let dearest = living.first else { continue }
                let short = Cost.perByte(dearest.recipe, search.subject, length: Self.shortLength, times: 3)
                let growth = Cost.growth(dearest.recipe, search.subject, from: short)
                let ratio = short * max(1, growth) / search.ordinary
                lines.append(
                    (
                        ratio,
                        "\(search.subject.rawValue) \(path(search.subject, island)) \(Self.rounded(ratio)) "
                            + Self.rounded(growth)
                    ))
            }
            print(
                "# \(search.subject.rawValue): \(search.tried) recipes tried, "
                    + "\(Self.rounded(search.ordinary)) ns for an ordinary byte")
        }
        for line in lines.sorted(by: { $0.ratio > $1.ratio }) { print(line.text) }
    }

    private static func rounded(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
    }
}
