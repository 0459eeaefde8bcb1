/// What the names say that pages give their elements: the words of `class` and `id` (docs/spec/fulltext.md §3.1, §3.5).
enum BodyNames {
    /// What an element is by its name.
    struct Kinds: OptionSet {
        let rawValue: UInt32

        /// The text of an article: a noun for the piece and one for its text, in one token.
        static let body = Kinds(rawValue: 1 << 0)
        /// A piece with all that belongs to it.
        static let piece = Kinds(rawValue: 1 << 1)
        static let share = Kinds(rawValue: 1 << 2)
        static let related = Kinds(rawValue: 1 << 3)
        static let navigation = Kinds(rawValue: 1 << 4)
        static let comments = Kinds(rawValue: 1 << 5)
        static let advertisement = Kinds(rawValue: 1 << 6)
        static let byline = Kinds(rawValue: 1 << 7)
        static let about = Kinds(rawValue: 1 << 8)
        static let caption = Kinds(rawValue: 1 << 9)
        static let subscription = Kinds(rawValue: 1 << 10)
        static let beside = Kinds(rawValue: 1 << 11)
        static let standfirst = Kinds(rawValue: 1 << 12)
        static let unseen = Kinds(rawValue: 1 << 13)
        static let headline = Kinds(rawValue: 1 << 14)
        static let embedded = Kinds(rawValue: 1 << 15)
        static let paywall = Kinds(rawValue: 1 << 16)
        static let gallery = Kinds(rawValue: 1 << 17)
        static let consent = Kinds(rawValue: 1 << 18)
        /// What leads to a text: often its standfirst, and as often its first paragraph.
        static let lead = Kinds(rawValue: 1 << 19)

        /// Nothing of an article's text.
        static let junk: Kinds = [
            .share, .related, .navigation, .comments, .advertisement, .byline, .about, .caption, .subscription, .beside,
            .unseen, .paywall, .gallery, .consent,
        ]
    }

    private struct Word {
        var kinds: Kinds
        var isPiece = false
        var isText = false
        /// The words behind it say what the element has, or has not, and not what it is.
        var isModifier = false
    }

    /// What a class or an id says, and the hashes of the words in it that say that it is no text.
    struct Reading {
        var kinds: Kinds = []
        var junkWords: [UInt64] = []

        var isJunk: Bool { !junkWords.isEmpty && kinds.isDisjoint(with: [.embedded, .body]) }
    }

    /// What the tokens of a class or an id say.
    static func read(_ value: ArraySlice<UInt8>) -> Reading {
        var reading = NameReading()
        var previous: UInt8 = 0
        for byte in value {
            switch byte {
            case 0x41...0x5a:
                if previous >= 0x61, previous <= 0x7a { reading.endWord() }
                reading.add(byte | 0x20)
            case 0x61...0x7a, 0x30...0x39, 0x80...: reading.add(byte)
            case 0...0x20: reading.endToken()
            default: reading.endWord()
            }
            previous = byte
        }
        reading.endToken()
        return reading.result
    }

    private struct NameReading {
        private(set) var result = Reading()
        private var hash = WordHash()
        private var length = 0
        private var hasPiece = false
        private var hasText = false
        private var isModified = false
        private var words = 0
        private var hidesAll = false
        private var tokenKinds: Kinds = []

        mutating func add(_ byte: UInt8) {
            hash.add(byte)
            length += 1
        }

        mutating func endWord() {
            defer {
                hash = WordHash()
                length = 0
            }
            if length > 0 { words += 1 }
            guard length > 0, length <= 24, let word = BodyNames.table[hash.value] else { return }
            if word.isModifier { isModified = true }
            if hash.value == BodyNames.hide { hidesAll = true }
            if isModified { return }
            tokenKinds.formUnion(word.kinds)
            if !word.kinds.isDisjoint(with: .junk), !result.junkWords.contains(hash.value) {
                result.junkWords.append(hash.value)
            }
            if word.isPiece { hasPiece = true }
            if word.isText { hasText = true }
        }

        mutating func endToken() {
            endWord()
            // `hide` and `hidden` alone hide; with other words they say when.
            if words == 1, hidesAll { result.kinds.insert(.unseen) }
            if hasPiece, hasText, tokenKinds.isDisjoint(with: .junk) { tokenKinds.insert(.body) }
            result.kinds.formUnion(tokenKinds)
            (hasPiece, hasText, isModified, tokenKinds, words, hidesAll) = (false, false, false, [], 0, false)
        }
    }

    /// Whether a word is one for captions.
    static func isCaption(_ word: UInt64) -> Bool { table[word]?.kinds.contains(.caption) ?? false }

    /// Whether a word is one for teasers, which some sites call their standfirsts.
    static func isTeaser(_ word: UInt64) -> Bool { teasers.contains(word) }

    private static let teasers: Set<UInt64> = [WordHash.of("teaser".utf8), WordHash.of("teasers".utf8)]

    private static let hide = WordHash.of("hide".utf8)

    private static let table = WordTable<Word>([
        (Word(kinds: .share), share), (Word(kinds: .related), related), (Word(kinds: .navigation), navigation),
        (Word(kinds: .comments), comments), (Word(kinds: .advertisement), advertisements),
        (Word(kinds: .byline), bylines), (Word(kinds: .about), about), (Word(kinds: .caption), captions),
        (Word(kinds: .subscription), subscriptions), (Word(kinds: .beside), beside),
        (Word(kinds: .standfirst), standfirsts), (Word(kinds: .lead), leads), (Word(kinds: .unseen), unseen),
        (Word(kinds: .headline), headlines),
        (Word(kinds: .embedded), embedded), (Word(kinds: .paywall), paywalls),
        (Word(kinds: .gallery), galleries), (Word(kinds: .consent), consents),
        (Word(kinds: [], isModifier: true), "has with no without not is show hide hides above below before after"),
        (
            Word(kinds: [], isPiece: true),
            "article articles story entry post news blog single detail details artikel beitrag bericht articulo noticia nota"
                + " artigo materia articolo notizia actu artykul"
        ),
        (Word(kinds: .piece, isPiece: true), "hentry"),
        (
            Word(kinds: [], isText: true),
            "body content contents text copy txt richtext texte contenu corps inhalt haupttext cuerpo contenido texto corpo testo"
                + " contenuto conteudo inhoud tekst tresc"
        ),
        (
            Word(kinds: .body),
            "articlebody articletext articlecontent storybody storytext storycontent postcontent postbody posttext"
                + " entrycontent entrybody bodytext bodycopy bodycontent newstext newsbody newscontent mainarticletext"
                + " articlefulltext fulltext blogcontent postarea maincopy"
        ),
    ])

    private static let share =
        "share shares shared sharing sharer sharebar sharebox sharethis addthis addtoany sharedaddy shariff ssba social"
        + " socials socialmedia socialshare sociallinks follow followus sharetools sharebuttons likes print"
    private static let related =
        "related relateds relatedposts relatedarticles relatedcontent recommended recommendation recommendations recommend"
        + " readmore readnext morestories morenews morefrom trending popular mostread mostpopular teaser teasers promo promos"
        + " promotion outbrain taboola zergnet revcontent plista nativo yarpp upnext crosslink crosslinks seealso readalso"
        + " alsoread relatedlinks furtherreading latest suggested suggestions jp onward incontent moreon"
    private static let navigation =
        "nav navigation navbar subnav breadcrumb breadcrumbs crumb crumbs pager pagination paginator toc menu submenu skip"
        + " prevnext nextprev toolbar tabs topbar masthead footer jump"
    private static let comments =
        "comment comments commentlist disqus livefyre respond reply replies discussion kommentare kommentar comentarios"
        + " commentaires commenting usercomments"
    private static let advertisements =
        "ad ads adv advert adverts advertisement advertisements advertising adsense adslot adunit adbox adwrap adwrapper"
        + " adcontainer dfp gpt banner banners sponsor sponsored sponsors sponsorship anzeige werbung publicidad publicite"
        + " ezoic adthrive mediavine"
    private static let bylines =
        "byline bylines author authors authorbox authorname vcard contributor contributors autor autoren auteur writer"
        + " dateline datetime timestamp pubdate publishdate postdate posted postedon postmeta entrymeta articlemeta meta"
        + " metadata metas updated readtime readingtime"
    private static let about =
        "bio authorbio aboutauthor tags tag taglist tagged tagcloud categories keywords topics copyright disclaimer"
        + " licence license rating ratings poll votes vote quiz"
    private static let captions =
        "caption captions captioned figcaption credit credits imagecredit photocredit legend imagecaption captiontext"
    private static let galleries =
        "gallery galleries slideshow slider carousel lightbox player videoplayer jwplayer brightcove photo photos thumbnail"
        + " thumb"
    private static let consents =
        "cookie cookies consent gdpr dsgvo ccpa onetrust didomi cookiebot usercentrics cookielaw cookiebar cookiebanner"
        + " privacypopup"
    private static let subscriptions =
        "newsletter newsletters signup subscribe subscriber subscription subscriptions login"
        + " signin register registration optin mailchimp mc4wp donate donation membership"
    private static let paywalls = "paywall regwall piano"
    private static let beside =
        "sidebar widget widgets rail aside infobox factbox sidebox popup modal overlay tooltip pullquote flyout sticky cta"
    private static let unseen = "hidden invisible srOnly sronly screenreader visuallyhidden offscreen noprint nodisplay"
    private static let standfirsts =
        "standfirst dek deck subtitle subheadline subhead chapo entradilla bajada sommario vorspann strapline tagline"
    private static let leads =
        "lead lede leadin leadtext intro introduction summary excerpt teasertext abstract kicker description"
    private static let headlines = "headline title heading kicker"
    private static let embedded = "tweet twitter instagram"
}
