/// `AuthorWords` are the words around the names of authors, by language: data that `AuthorNames` goes by.
///
/// All are in lower case and without accents, as `ComparedWords` makes them.
enum AuthorWords {
    /// What stands in front of a name: `By`, `Written by`, `Text:`. Several words are one entry, and the longest one counts.
    static let leads: Set<[String]> = entries(
        """
        by | byby | written by | posted by | published by | story by | words by | text by | article by | reported by | report by |
        reviewed by | review by | edited by | analysis by | opinion by | commentary by | column by | contributed by |
        created by | submitted by | author | authors | writer | story | words | text | byline | from | medically reviewed by |
        guest post by | updated by | compiled by | produced by | interview by | about the author | about |
        view all posts by | all posts by | recommended by |
        zeige alle beitrage von | alle beitrage von | alles von | alle artikel von | eingestellt von | erstellt von | abgelegt von |
        von | vom | autor | autorin | autoren | geschrieben von | verfasst von | ein artikel von | ein beitrag von |
        veroffentlicht von | kommentar von | ein kommentar von | aus | interview von | eine analyse von |
        ein interview von | eine kolumne von | ein gastbeitrag von | protokoll | von unserem redakteur | artikel von
        par | auteur | auteurs | ecrit par | publie par | propos recueillis par | recueilli par | redige par | poste par |
        por | escrito por | publicado por | texto | autora | per | escrit per | texto por
        di | a cura di | scritto da | pubblicato da | da | testo di | articolo di
        door | geschreven door | tekst | auteur | geplaatst door | een artikel van
        av | af | tekst av | skrevet af | skrevet av | skriven av | text av | publicerad av | journalist | foto og tekst |
        od | napisao | pise | autor | napsal | tekst | autorzy | opracowanie | opracowal | opracowala | przygotowal | zrodlo |
        avtor | teksti | kirjoittaja | toimittaja | autori | szerzo | irta | yazan | yazar | penulis | oleh | editor |
        автор | авторы | текст | автор текста | автор статьи | подготовил | подготовила | от | пише | συντακτης | γραφει |
        του | της | από | 著者 | 執筆 | 文 | 記者 | 作者 | 编辑 | 責任編集 | 글 | 기자 | بقلم | كتب | نویسنده
        """)

    /// The first words of a byline that is marked as nothing.
    static let openings: Set<String> = ["by", "von", "par", "por", "door"]

    /// Folders of a site in which the pages of its authors are.
    static let folders: Set<String> = [
        "author", "authors", "autor", "autoren", "autores", "autori", "autore", "auteur", "auteurs", "contributor",
        "contributors",
        "journalist", "journalists", "reporter", "reporters", "writer", "writers", "columnist", "columnists", "staff",
        "profile",
        "profiles", "people", "by", "byline", "redakteur", "redakteure", "redaktion", "redactie", "journalisten",
        "medarbejder",
        "correspondents", "interviewer", "personen", "person", "forfatter", "skribent",
    ]

    /// What joins two names. English ones are known everywhere, the others where whole names stand on both sides.
    static let joins: Set<String> = [
        "and", "und", "et", "y", "e", "en", "og", "och", "i", "ja", "ve", "a", "и", "та", "και", "és", "es", "dan",
        "with", "mit",
        "con", "con", "avec", "met", "med", "com",
    ]

    /// Whose work it is: a part of a line with one of these words tells a post and no name.
    static let jobs: Set<String> = words(
        """
        reporter reporters correspondent correspondents editor editors writer writers journalist journalists columnist
        columnists contributor contributors producer producers photographer analyst anchor critic staff desk bureau newsroom
        intern fellow blogger director manager professor lecturer researcher ceo cto founder president chief senior
        contributing freelance deputy executive former guest political business sports specialist correspondence advisor consultant
        redakteur redakteurin redaktion redaktor redaktorin korrespondent korrespondentin reporterin journalistin autorin
        chefredakteur chefredakteurin volontar volontarin ressortleiter ressortleiterin kolumnist kolumnistin
        journaliste redacteur redactrice redaction correspondant correspondante envoye envoyee chroniqueur reporteur
        periodista redactor redactora redaccion corresponsal reportero reportera columnista enviado enviada
        giornalista redattore redattrice redazione corrispondente inviato inviata
        jornalista reporter correspondente redacao colunista redator redatora estagiario
        redacteur verslaggever verslaggeefster redactie correspondente
        redaktorka dziennikarz dziennikarka redakcja
        redakce redaktorka novinar novinarka dopisovatel
        journalistpraktikant korrespondent redaktion udsendt reporter
        toimittaja toimitus kirjeenvaihtaja
        редакция редактор корреспондент журналист обозреватель
        muhabir editoru
        """)

    /// Names of news agencies and words of organisations: a part that is one of these is no person's name.
    static let agencies: Set<String> = [
        "ap", "afp", "dpa", "reuters", "apa", "sda", "ats", "ansa", "efe", "tass", "ria", "pti", "ians", "ani", "aap",
        "upi",
        "tt", "ntb", "ritzau", "stt", "anp", "belga", "pap", "ctk", "mti", "tanjug", "hina", "lusa", "kna", "epd",
        "sid", "pa",
        "associatedpress", "theassociatedpress", "agencefrancepresse", "bloomberg", "xinhua", "kyodo", "yonhap", "cnn",
        "cnnwire",
        "pamedia", "pressassociation", "canadianpress", "thecanadianpress", "europapress", "dpaafx", "keystonesda",
        "afxpa",
        "agencies", "agencias", "agences", "agenturen", "agenzie", "wire", "wires", "newswires", "ukrinform",
        "interfax",
    ]

    /// Words that a name of a person does not have.
    static let organizationWords: Set<String> = words(
        """
        news team staff editorial editors redaktion redaction redaccion redazione redacao redactie redakce redakcja press
        agency publishing online media magazine group network desk newsroom bureau admin administrator webmaster user guest anonymous
        unknown inc ltd llc gmbh company corporation university institute foundation association committee society council
        department ministry office board times post daily journal gazette herald tribune newspaper zeitung tv radio digital
        com org net services service wire reuters associated partner partners sponsored content report reports
        """)

    /// What programs write where nobody is named, and what stands beside names.
    static let nobody: Set<String> = [
        "admin", "administrator", "wordpressadmin", "webmaster", "user", "guest", "noauthor", "unknown", "anonymous",
        "follow",
        "followus", "fullbio", "bio", "readmore", "website", "twitter", "facebook", "instagram", "linkedin", "contact",
        "contactus",
        "learnmore", "leavecomment", "comments", "share", "none", "null", "undefined", "author", "editor", "team",
        "email", "print", "more", "mehr",
    ]

    /// Lines that begin so tell who made the pictures.
    static let others: Set<String> = [
        "photo", "photos", "photograph", "photographs", "photography", "foto", "fotos", "fotografia", "bild", "bilder",
        "image",
        "images", "picture", "pictures", "illustration", "illustrations", "grafik", "credit", "fotocredit", "video",
        "zdjecie",
    ]

    /// Small words in names.
    static let particles: Set<String> = [
        "de", "del", "della", "delle", "di", "da", "das", "do", "dos", "du", "des", "la", "las", "le", "los", "van",
        "von", "vom",
        "der", "den", "ter", "ten", "zu", "zur", "af", "av", "al", "el", "bin", "ibn", "ben", "bint", "y", "e", "i",
        "dit", "st", "san",
    ]

    /// What leads to a date behind a name.
    static let dateWords: Set<String> = words(
        """
        on at am um le il el den der dem vom a o i published updated posted last modified created date datum stand veroffentlicht
        aktualisiert publie publicado actualizado pubblicato aggiornato gepubliceerd publicerad opublikowano
        monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
        montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
        lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo
        """)

    /// What stands behind a name and a comma and belongs to it.
    static let suffixes: Set<String> = ["jr", "sr", "ii", "iii", "iv"]
    /// What stands behind a name and a comma and is left out.
    static let degrees: Set<String> = [
        "md", "phd", "msc", "ma", "mba", "rn", "rd", "rdn", "ms", "bsc", "jd", "dds", "dvm", "mph", "do", "cfa", "cpa",
        "cfp",
        "pharmd", "edd", "psyd", "esq", "ldn", "cssd", "cpt", "ba", "bs", "lcsw", "dr", "prof",
    ]

    private static func entries(_ text: String) -> Set<[String]> {
        Set(text.split { $0 == "|" || $0 == "\n" }.map { ComparedWords.words(String($0)) }.filter { !$0.isEmpty })
    }

    private static func words(_ text: String) -> Set<String> { Set(ComparedWords.words(text, atMost: .max)) }
}
