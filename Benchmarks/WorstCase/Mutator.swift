/// Makes new recipes of old ones. The same seed makes the same ones.
struct Mutator {
    private var random: SplitMix
    /// Words that mean something to the subject.
    private let words: [[UInt8]]

    /// A part does not grow beyond it, so that repeating it is what makes a document long.
    private static let longestPart = 2048

    init(seed: UInt64, words: [[UInt8]]) {
        random = SplitMix(state: seed)
        self.words = words
    }

    /// A recipe that differs from one of `parents` in one to four places.
    mutating func child(of parents: [Recipe]) -> Recipe {
        var recipe = parents[Int.random(in: 0..<parents.count, using: &random)]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            switch Int.random(in: 0..<16, using: &random) {
            case 0: recipe.setups = [1, 10, 60, 100, 249, 250, 512, 5000, 1 << 20].randomElement(using: &random) ?? 1
            case 1: cross(&recipe, with: parents[Int.random(in: 0..<parents.count, using: &random)])
            case 2: swap(&recipe.setup, &recipe.unit)
            case 3: narrow(&recipe.unit)
            case 4: narrow(&recipe.setup)
            case 5, 6: mutate(&recipe.head)
            case 7, 8, 9: mutate(&recipe.setup)
            case 10: mutate(&recipe.tail)
            default: mutate(&recipe.unit)
            }
        }
        if recipe.setups == 0, !recipe.setup.isEmpty { recipe.setups = 250 }
        if recipe.unit.isEmpty { recipe.unit = word() }
        return recipe
    }

    private mutating func cross(_ recipe: inout Recipe, with other: Recipe) {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: recipe.head = other.head
        case 1: (recipe.setup, recipe.setups) = (other.setup, other.setups)
        case 2: recipe.unit = other.unit
        case 3: recipe.unit += other.unit.prefix(Self.longestPart)
        default: (recipe.setup, recipe.setups) = (other.unit, 250)
        }
    }

    /// Keeps a piece of it.
    private mutating func narrow(_ bytes: inout [UInt8]) {
        guard bytes.count > 1 else { return }
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let length = Int.random(in: 1...min(64, bytes.count - start), using: &random)
        bytes = Array(bytes[start..<start + length])
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<9, using: &random) {
        case 0, 1, 2: bytes.insert(contentsOf: word(), at: place)
        case 3: bytes.insert(byte(), at: place)
        case 4 where place < bytes.count: bytes[place] = byte()
        case 5, 6:
            let length = min(bytes.count - place, Int.random(in: 1...16, using: &random))
            bytes.removeSubrange(place..<place + length)
        case 7:
            // A piece once more, or many times.
            let piece = Array(bytes[place...].prefix(Int.random(in: 1...24, using: &random)))
            for _ in 0..<([1, 1, 2, 8, 64].randomElement(using: &random) ?? 1) {
                bytes.insert(contentsOf: piece, at: place)
            }
        default:
            guard place < bytes.count else { break }
            let length = min(bytes.count - place, Int.random(in: 1...8, using: &random))
            bytes.replaceSubrange(place..<place + length, with: word())
        }
        if bytes.count > Self.longestPart { bytes.removeLast(bytes.count - Self.longestPart) }
    }

    private mutating func word() -> [UInt8] { words.randomElement(using: &random) ?? [byte()] }

    private mutating func byte() -> UInt8 {
        Bool.random(using: &random)
            ? Self.marks.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
    }

    /// What grammars are made of.
    private static let marks = Array("<>&;\"'=/?#:@.,-+!()[]{}\\% \n\ta0".utf8)
}

/// Numbers by Steele, Lea and Flood's SplitMix64.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
