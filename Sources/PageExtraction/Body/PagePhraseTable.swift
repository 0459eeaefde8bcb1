/// The phrases of `PagePhrases`, in lower case, apart by bars. A line holds those of one language: en, de, fr, es, pt, it, nl,
/// pl, ru, and a few more.
enum PagePhraseTable {
    static let phrases: [(PagePhrases.Kind, String)] = [
        (
            .advertisement,
            "advertisement|advertising|sponsored|sponsored content|story continues below|article continues below|"
                + "continue reading below|scroll to continue|story continues after|this advertisement has not loaded|ad"
        ),
        (
            .advertisement,
            "anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|reklama|реклама|annons"
        ),
        (
            .readMore,
            "read more|read also|read next|also read|related:|see also|watch|more on this|read full|continue reading|"
                + "click here to read|recommended|more from|more:|watch now|watch live|listen|listen to|listen now|view gallery|"
                + "see more|don't miss|you may also like|you might also like|keep reading|must read|image gallery|read:|"
                + "related:|full story|learn more|also see|photos:|video:|up next|more news|more stories|further reading"
        ),
        (
            .readMore,
            "mehr zum thema|lesen sie auch|lesen sie mehr|lesen sie hier|auch interessant|mehr dazu|weiterlesen|zum thema|"
                + "mehr lesen|siehe auch|das könnte sie auch interessieren|weitere artikel|video:|bilderstrecke|hier geht es|weitere beiträge|"
                + "weitere informationen|zum weiterlesen|passend dazu|mehr aus|mehr von|lies auch|lest auch|lesetipp|siehe dazu|"
                + "mehr kolumnen|entdecke weitere|weiterführende links"
        ),
        (
            .readMore,
            "à lire aussi|lire aussi|lire également|à lire|lire la suite|voir aussi|sur le même sujet|a lire aussi|"
                + "à voir aussi|à lire également|regarder aussi|en savoir plus"
        ),
        (
            .readMore,
            "lee también|lea también|leer más|te puede interesar|le puede interesar|más información|ver más|también lee|"
                + "puede leer|noticias relacionadas|mira también|lea además|seguir leyendo"
        ),
        (.readMore, "leia também|leia mais|veja também|saiba mais|continue lendo|confira também|ler mais|veja mais"),
        (
            .readMore,
            "leggi anche|leggi di più|leggi tutto|continua a leggere|vedi anche|guarda anche|approfondisci|ti potrebbe interessare"
        ),
        (.readMore, "lees ook|lees meer|lees verder|bekijk ook|meer lezen|zie ook"),
        (
            .readMore,
            "czytaj także|czytaj też|czytaj więcej|zobacz też|zobacz także|przeczytaj także|przeczytaj też|zobacz również"
        ),
        (.readMore, "читайте также|читать далее|читайте по теме|смотрите также|подробнее|по теме|материалы по теме"),
        (
            .readMore,
            "läs också|läs mer|les også|les mer|læs også|læs mere|lue myös|haberin devamı|ayrıca okuyun|olvasta már"
        ),
        (
            .subscribe,
            "sign up|subscribe|follow us|follow me|get the latest|join our|like us on|download our|get our|newsletter|"
                + "click here to subscribe|click here to sign up|support our|support us|become a member|already a subscriber|"
                + "log in|register for|get all the|receive the|enter your email|your email|thank you for|thanks for signing up|"
                + "for more news|want more|to continue reading|share this|share on|share|email this|print this|tweet this|"
                + "please enable javascript|this site uses cookies|we use cookies|sign in|start your free trial|"
                + "don't have an account|subscribe to our|by signing up|by clicking|this form is protected|"
                + "follow the topics|add us as|stay up to date|join the conversation|download the|get push notifications|"
                + "if you enjoyed reading|to view the full|to read the full|for the latest news|for the latest stories|"
                + "for the latest updates|submit your letter|if you're seeing this|would you like to receive|never miss a"
        ),
        (
            .subscribe,
            "abonnieren sie|newsletter|folgen sie uns|jetzt abonnieren|hier anmelden|melden sie sich|teilen|artikel teilen|"
                + "jetzt anmelden|drucken|registrieren sie sich|zum newsletter|gefällt dir|gefällt ihnen|folge uns|folgt uns|"
                + "bleiben sie auf dem laufenden|bleib auf dem laufenden|jetzt kostenlos|jetzt testen|dieser eintrag wurde|"
                + "dieser beitrag wurde|noch keine bewertungen"
        ),
        (
            .subscribe,
            "abonnez vous|inscrivez vous|suivez nous|partager|s'abonner|je m'abonne|recevez|partagez|cet article est réservé|"
                + "la suite est réservée|il vous reste|pour lire la suite|déjà abonné|votre adresse email|rejoignez nous"
        ),
        (
            .subscribe,
            "suscríbete|suscríbase|síguenos|compartir|regístrate|sigue leyendo con|comparte|inscríbete|únete|síganos|"
                + "haz clic aquí|haga clic aquí|descarga la app|ya eres suscriptor"
        ),
        (.subscribe, "assine|inscreva se|siga nos|compartilhe|compartilhar|receba|siga o|partilhar|siga a"),
        (.subscribe, "iscriviti|abbonati|seguici|condividi|registrati|clicca qui"),
        (.subscribe, "abonneer|schrijf je in|volg ons|deel dit|meld je aan|deel op|delen"),
        (.subscribe, "zapisz się|subskrybuj|udostępnij|obserwuj nas|dołącz do|polub nas|śledź nas"),
        (.subscribe, "подпишитесь|подписывайтесь|поделиться|следите за|подписаться|читайте нас"),
        (
            .rights,
            "all rights reserved|copyright|©|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|"
                + "todos os direitos reservados|tutti i diritti riservati|все права защищены|wszelkie prawa zastrzeżone|"
                + "riproduzione riservata|© reproduction"
        ),
        (
            .credit,
            "photo by|photo:|photo credit|photograph by|photograph:|photos by|image credit|image:|image source|image by|"
                + "picture:|pictured|getty images|ap photo|file photo|photo courtesy|credit:|video by|courtesy of|illustration by|"
                + "photo credits|image courtesy|images:|photos:|photography by|image copyright|image caption|media caption"
        ),
        (
            .credit,
            "foto:|fotos:|bild:|bildquelle|quelle:|photo:|crédit photo|crédits|fuente:|imagen:|crédito|zdj:|fot:|фото:|"
                + "источник:|źródło:|fonte:|foto de|beeld|bron:"
        ),
        (
            .about,
            "about the author|about the writer|about the authors|the author|über den autor|über die autorin|"
                + "à propos de l'auteur|sobre el autor|sobre o autor|l'autore|over de auteur|o autorze|об авторе|zur person"
        ),
        (
            .note,
            "this story was produced|this story was originally|this story originally appeared|this article originally appeared|"
                + "this article was originally published|this post contains affiliate|this article contains affiliate|"
                + "affiliate links|we may earn a commission|disclaimer|editors note this|disclosure|suggested citation"
        ),
        (
            .note,
            "dieser artikel stammt|dieser beitrag stammt|dieser artikel erschien zuerst|dieser text erschien zuerst|"
                + "empfohlener redaktioneller inhalt|an dieser stelle finden sie|wir respektieren deine privatsphäre|"
                + "wir respektieren ihre privatsphäre|um diesen inhalt anzuzeigen|ich bin damit einverstanden dass mir externe|"
                + "ce contenu est bloqué|este contenido no está disponible"
        ),
        (
            .end,
            "related articles|related stories|related posts|related news|related content|related topics|related links|"
                + "related reading|related coverage|comments|leave a reply|leave a comment|post a comment|share this|"
                + "share this article|share this story|share this post|more stories|more news|more from|most popular|most read|"
                + "trending|trending now|recommended|recommended for you|you may also like|you might also like|recent posts|"
                + "latest news|latest stories|read next|up next|what to read next|popular stories|top stories|"
                + "we recommend|sponsored content|paid content|from the web|around the web|more in|more on this story|"
                + "editor's picks|editors' picks|join the conversation|join the discussion|view comments|about the author|"
                + "sign up for our newsletter|subscribe to our newsletter|tags|filed under|add a comment|have your say|"
                + "also in this section|featured|next article|previous article|explore more|keep reading|"
                + "further reading|recommended stories|recommended articles|responses|more like this|similar articles|"
                + "similar posts|other stories|conversation|discussion|author bio|more articles|read more stories"
        ),
        (
            .end,
            "mehr zum thema|verwandte artikel|kommentare|weitere artikel|das könnte sie auch interessieren|meistgelesen|"
                + "das könnte dich auch interessieren|schlagworte|ähnliche artikel|mehr aus|kommentar schreiben|"
                + "lesen sie auch|auch interessant|neueste artikel|ähnliche beiträge|weitere nachrichten|weitere themen|"
                + "schreibe einen kommentar|newsletter|mehr nachrichten|weitere beiträge|zum weiterlesen|weiterführende links|"
                + "das könnte dich interessieren|beitrag teilen|artikel teilen|über den autor|über die autorin|passend dazu"
        ),
        (
            .end,
            "à lire aussi|sur le même sujet|commentaires|articles liés|les plus lus|articles similaires|à lire également|"
                + "vous aimerez aussi|dans la même rubrique|laisser un commentaire|lire aussi|tags|mots clés|"
                + "articles associés|articles récents|partager cet article|réagir à cet article|nos derniers articles"
        ),
        (
            .end,
            "te puede interesar|noticias relacionadas|comentarios|más noticias|artículos relacionados|lo más visto|"
                + "lo más leído|más en|temas relacionados|archivado en|etiquetas|deja un comentario|contenido relacionado|"
                + "también te puede interesar|últimas noticias|deja una respuesta"
        ),
        (
            .end,
            "leia também|veja também|comentários|mais lidas|notícias relacionadas|artigos relacionados|tópicos|mais notícias|"
                + "deixe um comentário|últimas notícias"
        ),
        (
            .end,
            "leggi anche|articoli correlati|commenti|ti potrebbe interessare|i più letti|potrebbe interessarti|tag|argomenti|"
                + "articoli recenti|notizie correlate|lascia un commento"
        ),
        (
            .end,
            "lees ook|gerelateerde artikelen|reacties|meest gelezen|meer over|meer nieuws|deel dit artikel|laatste nieuws"
        ),
        (
            .end,
            "czytaj także|komentarze|powiązane artykuły|najczęściej czytane|zobacz także|polecane|tagi|podobne artykuły|"
                + "dodaj komentarz"
        ),
        (
            .end,
            "читайте также|комментарии|похожие статьи|популярное|материалы по теме|новости по теме|теги|смотрите также|"
                + "последние новости|оставить комментарий"
        ),
    ]

    static let dateWords = [
        "published updated posted modified last on at am pm a m p est edt et gmt utc bst cet pst pdt pt cst ist ct jst the"
            + " and date first created original originally ago minutes minute hours hour days day min mins read time of",
        "january february march april may june july august september october november december jan feb mar apr jun jul"
            + " aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur"
            + " thurs fri sat sun",
        "januar februar märz mai juni juli oktober dezember mär okt dez montag dienstag mittwoch donnerstag freitag samstag"
            + " sonntag uhr aktualisiert veröffentlicht am um stand vom zuletzt erstellt geändert den",
        "janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi"
            + " vendredi samedi dimanche publié mis à jour le h modifié min lecture temps de",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miércoles"
            + " jueves viernes sábado domingo publicado actualizado el las hrs horas",
        "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro segunda terça quarta quinta sexta"
            + " feira publicado atualizado em às ano",
        "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre lunedì martedì mercoledì giovedì venerdì"
            + " sabato domenica pubblicato aggiornato il alle ore",
        "januari februari maart mei augustus maandag dinsdag woensdag donderdag vrijdag zaterdag zondag gepubliceerd op om",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia opublikowano",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря опубликовано обновлено",
    ]

    static let bylineWords =
        "by von par por di door av przez автор reported written story words author text texto testo tekst text"
}
