/// The search for the dearest documents of one subject: recipes are changed at random, and the dearest live on.
///
/// They live on several islands, so that one family does not take the place of all others; the last island looks at longer
/// documents, for what grows faster than they do.
struct Search {
    struct Found {
        var recipe: Recipe
        /// Nanoseconds for each byte.
        var cost: Double
    }

    let subject: Subject
    /// Of a byte of an ordinary document.
    let ordinary: Double
    private(set) var islands: [[Found]]
    private(set) var tried = 0
    private var mutator: Mutator
    private var turn = 0

    private static let islandCount = 5
    private static let population = 16
    private static let length = 16 << 10
    private static let longLength = 128 << 10

    /// - Parameter known: recipes that earlier searches have found.
    init(_ subject: Subject, seed: UInt64, words: [[UInt8]], known: [Recipe]) {
        self.subject = subject
        ordinary = Ordinary.cost(of: subject, length: Self.longLength)
        mutator = Mutator(seed: seed, words: words)
        let start = known + Ordinary.documents(of: subject)
        islands = (0..<Self.islandCount).map { island in
            // What is known is left out of every other island, lest nothing new ever lived there.
            let first = island % 2 == 0 ? start : Ordinary.documents(of: subject)
            return first.map { Found(recipe: $0, cost: Self.cost($0, subject, island)) }
        }
    }

    /// Tries one recipe more.
    mutating func step() {
        turn = (turn + 1) % Self.islandCount
        // Now and then a stranger comes ashore.
        let from = tried % 97 == 0 ? (turn + 1) % Self.islandCount : turn
        let recipe = mutator.child(of: islands[from].map(\.recipe))
        tried += 1
        if islands[turn].contains(where: { $0.recipe == recipe }) { return }
        let isFull = islands[turn].count >= Self.population
        let least = islands[turn].last?.cost ?? 0
        if isFull, Cost.perByte(recipe, subject, length: Self.length) < least, turn < Self.islandCount - 1 { return }
        let cost = Self.cost(recipe, subject, turn)
        if isFull, cost <= least { return }
        if isFull { islands[turn].removeLast() }
        let place = islands[turn].firstIndex { $0.cost < cost } ?? islands[turn].count
        islands[turn].insert(Found(recipe: recipe, cost: cost), at: place)
    }

    /// Looks once more at what is dearest: one reading of many may have been somebody else's doing.
    mutating func recheck() {
        for island in islands.indices {
            for place in islands[island].indices.prefix(4) {
                islands[island][place].cost = min(
                    islands[island][place].cost, Self.cost(islands[island][place].recipe, subject, island))
            }
            islands[island].sort { $0.cost > $1.cost }
        }
    }

    private static func cost(_ recipe: Recipe, _ subject: Subject, _ island: Int) -> Double {
        Cost.perByte(recipe, subject, length: island == islandCount - 1 ? longLength : length, times: 3)
    }
}
