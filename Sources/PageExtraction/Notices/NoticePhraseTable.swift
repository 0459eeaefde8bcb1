/// What pages say that are no articles, in lower case, apart by bars: by kind, and whether the words tell it by themselves, or
/// only as all of a title. A line holds phrases of one language: en, de, fr, es, pt, it, nl, pl, ru, and a few more.
enum NoticePhraseTable {
    static let phrases: [(PageNotice, isSentence: Bool, String)] = [
        (
            .missing, false,
            "page not found|not found|404 error|error 404|404 not found|404 page|http 404|page missing|page unavailable|"
                + "page does not exist|article not found|content not found|nothing found|page no longer exists"
        ),
        (
            .missing, false,
            "seite nicht gefunden|nicht gefunden|fehler 404|404 fehler|seite existiert nicht|artikel nicht gefunden|"
                + "page introuvable|page non trouvée|erreur 404|404 erreur|article introuvable|contenu introuvable"
        ),
        (
            .missing, false,
            "página no encontrada|no encontrado|no se encuentra la página|página não encontrada|não encontrado|erro 404|"
                + "pagina non trovata|non trovata|errore 404|pagina niet gevonden|niet gevonden|fout 404"
        ),
        (
            .missing, false,
            "nie znaleziono strony|strona nie istnieje|nie znaleziono|błąd 404|страница не найдена|не найдено|ошибка 404|"
                + "sidan hittades inte|siden blev ikke fundet|siden ble ikke funnet|sivua ei löytynyt|sayfa bulunamadı|"
                + "stránka nenalezena|az oldal nem található|сторінку не знайдено|الصفحة غير موجودة"
        ),
        (
            .missing, true,
            "page you are looking for|page you're looking for|page you were looking for|page you requested|"
                + "page you have requested|requested page could not be found|page cannot be found|page can't be found|"
                + "page could not be found|couldn't find that page|could not find that page|couldn't find the page|"
                + "this page doesn't exist|this page does not exist|article you are looking for|article is no longer available|"
                + "page is no longer available|content is no longer available|may have been moved or deleted"
        ),
        (
            .missing, true,
            "die gewünschte seite|die angeforderte seite|die von ihnen gesuchte seite|die gesuchte seite|"
                + "seite konnte nicht gefunden werden|seite existiert leider nicht|artikel ist nicht mehr verfügbar|"
                + "seite ist nicht mehr verfügbar|beitrag ist nicht mehr verfügbar"
        ),
        (
            .missing, true,
            "la page que vous cherchez|la page que vous recherchez|la page demandée|page n'existe pas|page n'existe plus|"
                + "article n'est plus disponible|contenu n'est plus disponible"
        ),
        (
            .missing, true,
            "la página que buscas|la página que busca|la página que estás buscando|la página solicitada|"
                + "página que você está procurando|a página que procura|a página solicitada|esta página não existe|"
                + "la pagina che stai cercando|la pagina che cerchi|la pagina richiesta"
        ),
        (
            .missing, true,
            "de pagina die je zoekt|de pagina die u zoekt|deze pagina bestaat niet|de opgevraagde pagina|"
                + "strona której szukasz|podana strona nie istnieje|запрашиваемая страница|страница которую вы ищете|"
                + "такой страницы не существует"
        ),
        (
            .consent, false,
            "before you continue|cookie consent|your privacy choices|we value your privacy|cookie settings|privacy settings|"
                + "privatsphäre einstellungen|cookie einstellungen|paramètres de confidentialité|gestion des cookies|"
                + "configuración de cookies|preferenze sui cookie|cookie instellingen|ustawienia prywatności|настройки cookie"
        ),
        (
            .consent, true,
            "we use cookies|we and our partners|our partners use cookies|accept all cookies|this site uses cookies|"
                + "this website uses cookies|store and or access information on a device|consent to the use of cookies|"
                + "accept cookies to continue|accept cookies|manage your cookie|before you continue to"
        ),
        (
            .consent, true,
            "wir verwenden cookies|wir nutzen cookies|wir und unsere partner|unsere partner verwenden cookies|"
                + "alle cookies akzeptieren|diese website verwendet cookies|diese webseite verwendet cookies|"
                + "mit werbung weiterlesen|weiter mit werbung|informationen auf einem gerät speichern|"
                + "cookies zustimmen|der verwendung von cookies"
        ),
        (
            .consent, true,
            "nous utilisons des cookies|nos partenaires utilisons|nous et nos partenaires|accepter tous les cookies|"
                + "continuer sans accepter|utilisation de cookies|ce site utilise des cookies|"
                + "stocker et ou accéder à des informations"
        ),
        (
            .consent, true,
            "utilizamos cookies|usamos cookies|nosotros y nuestros socios|nuestros socios|aceptar todas las cookies|"
                + "este sitio utiliza cookies|uso de cookies|nós e os nossos parceiros|nossos parceiros|aceitar todos os cookies|"
                + "este site usa cookies|utilizziamo i cookie|noi e i nostri partner|accetta tutti i cookie|"
                + "questo sito utilizza cookie"
        ),
        (
            .consent, true,
            "wij gebruiken cookies|we gebruiken cookies|wij en onze partners|alle cookies accepteren|"
                + "deze website gebruikt cookies|deze site gebruikt cookies|używamy plików cookie|my i nasi partnerzy|"
                + "zaakceptuj wszystkie|strona używa plików cookie|мы используем файлы cookie|мы используем cookie|"
                + "принять все файлы cookie|vi använder cookies|vi bruger cookies|käytämme evästeitä|çerezleri kullanıyoruz"
        ),
        (
            .challenge, false,
            "just a moment|attention required|access denied|request blocked|are you a robot|are you human|security check|"
                + "one moment please|pardon our interruption|please wait|bot verification|human verification|"
                + "zugriff verweigert|sicherheitsüberprüfung|einen moment bitte|accès refusé|vérification de sécurité|"
                + "acceso denegado|verificación de seguridad|acesso negado|accesso negato|toegang geweigerd|odmowa dostępu|"
                + "доступ запрещен|доступ запрещён|проверка безопасности"
        ),
        (
            .challenge, true,
            "checking your browser|checking if the site connection is secure|verify you are human|verify that you are human|"
                + "verifying you are human|verify you are not a robot|confirm you are human|confirm that you are not a robot|"
                + "enable javascript and cookies|unusual traffic from|needs to review the security of your connection|"
                + "you have been blocked|you don't have permission to access|complete the captcha|solve the captcha|"
                + "complete the security check|this question is for testing whether you are a human|"
                + "making sure you're not a bot"
        ),
        (
            .challenge, true,
            "ihr browser wird überprüft|überprüfen sie dass sie ein mensch|bestätigen sie dass sie kein roboter|"
                + "dass sie ein mensch sind|ungewöhnlichen datenverkehr|vérifier que vous êtes humain|"
                + "vérifiez que vous êtes humain|vous n'êtes pas un robot|verifica que eres un ser humano|"
                + "verifique que usted es humano|que no eres un robot|verifique se você é humano|não é um robô|"
                + "verifica di essere umano|non sei un robot|controleer of u een mens bent|dat je geen robot bent|"
                + "że jesteś człowiekiem|że nie jesteś robotem|подтвердите что вы не робот|что вы человек|что вы не робот"
        ),
        (
            .login, false,
            "log in|login|sign in|log in to continue|sign in to continue|please log in|anmelden|einloggen|anmeldung|"
                + "connexion|se connecter|connectez vous|iniciar sesión|inicia sesión|iniciar sessão|accedi|inloggen|"
                + "zaloguj się|logowanie|войти|вход|logga in|log ind|logg inn|kirjaudu sisään|giriş yap"
        ),
    ]

    /// The same of scripts without spaces, looked for as they stand.
    static let unspaced: [(PageNotice, isSentence: Bool, String)] = [
        (
            .missing, true,
            "ページが見つかりません|お探しのページ|ページは存在しません|記事が見つかりません|页面不存在|找不到页面|"
                + "页面未找到|您访问的页面|您要查看的页面|頁面不存在|找不到頁面|找不到網頁|您要找的頁面|페이지를 찾을 수 없습니다|"
                + "존재하지 않는 페이지|ไม่พบหน้า"
        ),
        (
            .consent, true,
            "当サイトではcookie|クッキーを使用しています|cookieを使用しています|Cookieを使用しています|当サイトではCookie|我们使用cookie|"
                + "我们使用 Cookie|我们使用Cookie|接受所有 Cookie|使用 Cookie|쿠키를 사용합니다|เราใช้คุกกี้"
        ),
        (
            .challenge, true,
            "ロボットではないことを|人間であることを確認|请完成安全验证|验证您是真人|请稍候…|驗證您是人類|确认您不是机器人|"
                + "사람인지 확인|로봇이 아닙니다"
        ),
        (.login, false, "ログイン|登录|登入|로그인|เข้าสู่ระบบ"),
    ]
}
