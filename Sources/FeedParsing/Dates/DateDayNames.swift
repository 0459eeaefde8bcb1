/// The names of the days of the week by language: they say in which language a date is, and no more (identity.md §10).
///
/// As with `DateMonthNames`, abbreviations stand here where they are no beginning of three letters of a full name.
enum DateDayNames {
    static let rows: [(language: StaticString, names: StaticString)] = [
        // Words between day and year that say nothing.
        ("", "the year gada"),
        ("en", "monday tuesday wednesday thursday friday saturday sunday"),
        ("de", "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so"),
        ("nl", "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma di wo do vr za zo"),
        ("sv", "måndag tisdag onsdag torsdag fredag lördag söndag må ti on to fr lö sö"),
        ("da", "mandag tirsdag onsdag torsdag fredag lørdag søndag ma ti on to fr lø sø"),
        ("no", "mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tysdag laurdag sundag ma ti on to fr lø sø"),
        ("is", "mánudagur þriðjudagur miðvikudagur fimmtudagur föstudagur laugardagur sunnudagur"),
        ("fr", "lundi mardi mercredi jeudi vendredi samedi dimanche"),
        ("it", "lunedì martedì mercoledì giovedì venerdì sabato domenica"),
        ("es", "lunes martes miércoles jueves viernes sábado domingo"),
        ("pt", "segunda terça quarta quinta sexta sábado domingo"),
        ("gl", "luns martes mércores xoves venres sábado domingo"),
        ("ca", "dilluns dimarts dimecres dijous divendres dissabte diumenge dl dt dc dj dv ds dg"),
        ("ro", "luni marți miercuri joi vineri sâmbătă duminică"),
        (
            "fi",
            """
            maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai maanantaina tiistaina keskiviikkona
            torstaina perjantaina lauantaina sunnuntaina ma ti ke to pe la su
            """
        ),
        ("et", "esmaspäev teisipäev kolmapäev neljapäev reede laupäev pühapäev"),
        ("lv", "pirmdiena otrdiena trešdiena ceturtdiena piektdiena sestdiena svētdiena pr ot tr ce pk se sv"),
        (
            "lt",
            """
            pirmadienis antradienis trečiadienis ketvirtadienis penktadienis šeštadienis sekmadienis pr an tr kt pn št sk
            """
        ),
        ("pl", "poniedziałek wtorek środa czwartek piątek sobota niedziela pn wt śr czw pt sob so nd ndz"),
        ("cs", "pondělí úterý středa čtvrtek pátek sobota neděle po út st čt pá so ne"),
        ("sk", "pondelok utorok streda štvrtok piatok sobota nedeľa po ut st št pi so ne"),
        ("sl", "ponedeljek torek sreda četrtek petek sobota nedelja"),
        ("hr", "ponedjeljak utorak srijeda četvrtak petak subota nedjelja"),
        (
            "sr",
            """
            ponedeljak ponedjeljak utorak sreda srijeda četvrtak petak subota nedelja nedjelja
            понедељак понедјељак уторак среда сриједа четвртак петак субота недеља недјеља по ут ср че пе су не
            """
        ),
        ("mk", "понеделник вторник среда четврток петок сабота недела"),
        ("bg", "понеделник вторник сряда четвъртък петък събота неделя пн вт ср чт пт сб нд"),
        (
            "ru",
            """
            понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье пн вт ср чт пт сб вс
            """
        ),
        ("uk", "понеділок вівторок середа четвер пʼятниця субота неділя пн вт ср чт пт сб нд"),
        ("be", "панядзелак аўторак серада чацвер пятніца субота нядзеля пн аў ср чц пт сб нд"),
        ("hu", "hétfő kedd szerda csütörtök péntek szombat vasárnap cs"),
        ("tr", "pazartesi salı çarşamba perşembe cuma cumartesi pazar pzt cmt"),
        ("el", "δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή"),
        ("id", "senin selasa rabu kamis jumat sabtu minggu"),
        ("ms", "isnin selasa rabu khamis jumaat sabtu ahad"),
        ("vi", "thứ_hai thứ_ba thứ_tư thứ_năm thứ_sáu thứ_bảy chủ_nhật"),
        (
            "th",
            """
            จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์ วันจันทร์ วันอังคาร วันพุธ วันพฤหัสบดี วันศุกร์ วันเสาร์
            วันอาทิตย์ พฤ อา
            """
        ),
        ("ar", "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد اثنين ثلاثاء أربعاء خميس جمعة سبت أحد"),
        ("fa", "دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه آدینه شنبه یکشنبه"),
        ("he", "שני שלישי רביעי חמישי שישי שבת ראשון"),
        ("hi", "सोमवार मंगलवार बुधवार गुरुवार बृहस्पतिवार शुक्रवार शनिवार रविवार इतवार"),
        ("zh", "星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 周一 周二 周三 周四 周五 周六 周日 週一 週二 週三 週四 週五 週六 週日"),
    ]
}
