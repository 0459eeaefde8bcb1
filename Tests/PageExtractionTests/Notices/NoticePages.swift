import PageExtraction

/// Pages that stand where an article should, as servers and sites write them.
struct NoticePage: Sendable {
    var name: String
    var notice: PageNotice
    var html: String
    var url = "https://courier.example/news/harbour-bridge"

    static func page(_ title: String, _ body: String, language: String = "en") -> String {
        "<!doctype html><html lang=\(language)><head><meta charset=utf-8><title>\(title)</title></head><body>"
            + "<nav><a href=/>Home</a><a href=/sport>Sport</a></nav>\(body)<footer><p>Imprint</p></footer></body></html>"
    }

    private static let teasers = [
        ("Storm warning for the northern islands", "The weather office expects gusts of a hundred kilometres an hour."),
        ("New tram line opens in October", "Three years late, the line to the university is nearly done at last."),
        ("Council debates the price of parking", "Residents may have to pay twice as much for a permit next year."),
        ("Library lends out telescopes", "Anyone with a card may take one home for two weeks, and it costs nothing."),
        ("Fish market moves to the south bank", "The old hall is to become a theatre, and the traders are not amused."),
        ("Swimmers win four medals", "The relay team came home with the best result since the club was founded."),
    ]

    private static let list = teasers.map { "<div><h2><a href=/n>\($0.0)</a></h2><p>\($0.1)</p></div>" }.joined()

    static let all: [NoticePage] = [
        NoticePage(
            name: "English, missing", notice: .missing,
            html: page(
                "Page not found - Aldmouth Courier",
                "<main><h1>Page not found</h1><p>Sorry, the page you are looking for has been moved, or was never there at "
                    + "all. You may want to search for it, or to go back to our front page.</p></main>")),
        NoticePage(
            name: "English, missing, with teasers behind", notice: .missing,
            html: page(
                "404 error | Aldmouth Courier",
                "<main><h1>Oops! Error 404</h1><p>We are sorry. Here is what others read today.</p>\(list)</main>")),
        NoticePage(
            name: "German, missing", notice: .missing,
            html: page(
                "Seite nicht gefunden – Aldmunder Bote",
                "<main><h1>Seite nicht gefunden</h1><p>Die gewünschte Seite gibt es leider nicht mehr. Vielleicht hilft Ihnen "
                    + "unsere Suche weiter, oder Sie gehen zurück zur Startseite.</p></main>", language: "de")),
        NoticePage(
            name: "French, missing, told only in its text", notice: .missing,
            html: page(
                "Le Courrier d'Aldmouth",
                "<main><h1>Oups !</h1><p>La page que vous recherchez n'existe plus, ou son adresse a changé. Nous vous "
                    + "invitons à revenir à l'accueil pour poursuivre votre lecture.</p></main>", language: "fr")),
        NoticePage(
            name: "Spanish, missing", notice: .missing,
            html: page(
                "Página no encontrada",
                "<h1>Error 404</h1><p>La página que buscas no existe o ha cambiado de lugar.</p>",
                language: "es")),
        NoticePage(
            name: "Polish, missing", notice: .missing,
            html: page(
                "Nie znaleziono strony",
                "<h1>Nie znaleziono strony</h1><p>Podana strona nie istnieje lub została usunięta.</p>",
                language: "pl")),
        NoticePage(
            name: "Russian, missing", notice: .missing,
            html: page(
                "Страница не найдена",
                "<h1>Страница не найдена</h1><p>Запрашиваемая страница была удалена или никогда не существовала.</p>",
                language: "ru")),
        NoticePage(
            name: "Japanese, missing", notice: .missing,
            html: page(
                "港新聞",
                "<main><p>お探しのページは移動または削除された可能性があります。トップページからもう一度お探しください。</p></main>",
                language: "ja")),
        NoticePage(
            name: "Chinese, missing", notice: .missing,
            html: page("港口日报", "<main><h1>页面不存在</h1><p>抱歉，您访问的页面已被删除或不存在。</p></main>", language: "zh")),
        NoticePage(
            name: "English, consent", notice: .consent,
            html: page(
                "Harbour bridge in Aldmouth stays closed all summer",
                "<main><h1>We value your privacy</h1><p>We and our partners store and/or access information on a device, such as "
                    + "cookies, and process personal data, such as unique identifiers, for personalised content and "
                    + "measurement. You may click to consent to our and our partners' processing.</p></main>")),
        NoticePage(
            name: "German, consent or subscription", notice: .consent,
            html: page(
                "Aldmunder Bote",
                "<main><h1>Mit Werbung weiterlesen</h1><p>Besuchen Sie unsere Seite wie gewohnt mit Werbung. Wir und unsere "
                    + "Partner verwenden dafür Cookies und ähnliche Verfahren, um Inhalte zu messen und anzupassen.</p></main>",
                language: "de")),
        NoticePage(
            name: "Italian, consent", notice: .consent,
            html: page(
                "Il Corriere",
                "<main><p>Noi e i nostri partner utilizziamo i cookie per offrire contenuti su misura e per misurare quanto "
                    + "vengono letti. Accetta tutti i cookie per continuare, oppure scegli un abbonamento.</p></main>",
                language: "it")),
        NoticePage(
            name: "English, challenge", notice: .challenge,
            html: page(
                "Just a moment...",
                "<main><h1>courier.example</h1><p>Verify you are human by completing the action below. courier.example needs to "
                    + "review the security of your connection before proceeding.</p></main>")),
        NoticePage(
            name: "Dutch, challenge", notice: .challenge,
            html: page(
                "De Koerier",
                "<main><p>Controleer of u een mens bent door op de knop te drukken; daarna gaat u vanzelf verder naar de pagina "
                    + "die u wilde lezen.</p></main>", language: "nl")),
        NoticePage(
            name: "Portuguese, login", notice: .login,
            html: page(
                "Iniciar sessão",
                "<main><h1>Iniciar sessão</h1><p>Introduza o seu endereço e a sua senha para prosseguir "
                    + "com a leitura das notícias do dia no nosso jornal.</p></main>", language: "pt")),
        NoticePage(
            name: "A front page in the article's place", notice: .frontPage,
            html: page("Aldmouth Courier", "<div>\(list)</div>"), url: "https://courier.example/"),
        NoticePage(
            name: "A section of teasers", notice: .section,
            html: page("Local news | Aldmouth Courier", "<main><h1>Local news</h1>\(list)</main>")),
    ]
}
