/// The names of months by language (identity.md §10): a comma between months, a space between the forms of one.
///
/// Full names stand here as they are written alone and behind a day, and abbreviations only where they are no beginning of
/// those. An underscore joins a name of two words. Case and accents are of no account (`DateWord`).
enum DateMonthNames {
    static let rows: [(language: StaticString, names: StaticString)] = [
        ("en", "january, february, march, april, may, june, july, august, september, october, november, december"),
        (
            "de",
            """
            januar jänner jaenner, februar feber, märz maerz mrz, april, mai, juni, juli, august, september, oktober,
            november, dezember
            """
        ),
        (
            "nl",
            """
            januari, februari, maart mrt, april, mei, juni, juli, augustus, september, oktober, november, december
            """
        ),
        ("sv", "januari, februari, mars, april, maj, juni, juli, augusti, september, oktober, november, december"),
        ("da", "januar, februar, marts, april, maj, juni, juli, august, september, oktober, november, december"),
        ("no", "januar, februar, mars, april, mai, juni, juli, august, september, oktober, november, desember"),
        ("is", "janúar, febrúar, mars, apríl, maí, júní, júlí, ágúst, september, október, nóvember, desember"),
        ("fr", "janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre, décembre"),
        (
            "it",
            """
            gennaio, febbraio, marzo, aprile, maggio, giugno, luglio, agosto, settembre, ottobre, novembre, dicembre
            """
        ),
        (
            "es",
            """
            enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre setiembre, octubre, noviembre, diciembre
            """
        ),
        ("pt", "janeiro, fevereiro, março, abril, maio, junho, julho, agosto, setembro, outubro, novembro, dezembro"),
        ("gl", "xaneiro, febreiro, marzo, abril, maio, xuño, xullo, agosto, setembro, outubro, novembro, decembro"),
        ("ca", "gener, febrer, març, abril, maig, juny, juliol, agost ag, setembre, octubre, novembre, desembre"),
        (
            "ro",
            """
            ianuarie, februarie, martie, aprilie, mai, iunie, iulie, august, septembrie, octombrie, noiembrie,
            decembrie
            """
        ),
        (
            "fi",
            """
            tammikuun tammikuuta tammikuussa, helmikuun helmikuuta helmikuussa, maaliskuun maaliskuuta maaliskuussa,
            huhtikuun huhtikuuta huhtikuussa, toukokuun toukokuuta toukokuussa, kesäkuun kesäkuuta kesäkuussa,
            heinäkuun heinäkuuta heinäkuussa, elokuun elokuuta elokuussa, syyskuun syyskuuta syyskuussa,
            lokakuun lokakuuta lokakuussa, marraskuun marraskuuta marraskuussa, joulukuun joulukuuta joulukuussa
            """
        ),
        (
            "et",
            """
            jaanuari jaanuaril, veebruari veebruaril, märtsi märtsil, aprilli aprillil, mai mail, juuni juunil,
            juuli juulil, augusti augustil, september septembri septembril, oktoober oktoobri oktoobril,
            november novembri novembril, detsember detsembri detsembril
            """
        ),
        (
            "lv",
            """
            janvāris janvāra janvārī, februāris februāra februārī, marts marta martā, aprīlis aprīļa aprīlī,
            maijs maija maijā, jūnijs jūnija jūnijā, jūlijs jūlija jūlijā, augusts augusta augustā,
            septembris septembra septembrī, oktobris oktobra oktobrī, novembris novembra novembrī,
            decembris decembra decembrī
            """
        ),
        (
            "lt",
            """
            sausis sausio sausį, vasaris vasario vasarį, kovas kovo kovą, balandis balandžio balandį,
            gegužės gegužę, birželis birželio birželį, liepos liepą, rugpjūtis rugpjūčio rugpjūtį rgp,
            rugsėjis rugsėjo rugsėjį rgs, spalis spalio spalį, lapkritis lapkričio lapkritį, gruodis gruodžio gruodį grd
            """
        ),
        (
            "pl",
            """
            styczeń stycznia, luty lutego, marzec marca, kwiecień kwietnia, maja, czerwiec czerwca, lipiec lipca,
            sierpień sierpnia, wrzesień września, październik października, listopada, grudzień grudnia
            """
        ),
        (
            "cs",
            """
            leden ledna, února, březen března, duben dubna, květen května, červen června čvn, červenec července čvc,
            srpen srpna, září, říjen října, listopadu, prosinec prosince
            """
        ),
        (
            "sk",
            """
            januára, februára, marec marca, apríla, mája, júna, júla, augusta, september septembra, október októbra,
            november novembra, december decembra
            """
        ),
        (
            "sl",
            """
            januarja, februarja, marec marca, aprila, maja, junija, julija, avgusta, september septembra,
            oktober oktobra, november novembra, december decembra
            """
        ),
        (
            "hr",
            """
            siječanj siječnja, veljača veljače, ožujak ožujka, travanj travnja, svibanj svibnja, lipanj lipnja,
            srpanj srpnja, kolovoza, rujan rujna, listopada, studeni studenoga, prosinac prosinca
            """
        ),
        (
            "sr",
            """
            januara јануара, februara фебруара, marta марта, aprila априла, maja маја, juna juni јуна јуни,
            jula juli јула јули, avgusta august августа аугуст, septembar septembra септембар септембра,
            oktobar oktobra октобар октобра, novembar novembra новембар новембра, decembar decembra децембар децембра
            """
        ),
        ("mk", "јануари, февруари, март, април, мај, јуни, јули, август, септември, октомври, ноември, декември"),
        ("bg", "януари, февруари, март, април, май, юни, юли, август, септември, октомври, ноември, декември"),
        (
            "ru",
            """
            январь января, февраль февраля, марта, апрель апреля, май мая, июнь июня, июль июля, августа,
            сентябрь сентября, октябрь октября, ноябрь ноября, декабрь декабря
            """
        ),
        (
            "uk",
            """
            січень січня, лютий лютого, березень березня, квітень квітня, травень травня, червень червня,
            липень липня, серпень серпня, вересень вересня, жовтень жовтня, листопада, грудень грудня
            """
        ),
        (
            "be",
            """
            студзень студзеня, люты лютага, сакавіка, красавіка, май мая травень траўня, чэрвень чэрвеня,
            ліпень ліпеня, жнівень жніўня, верасень верасня, кастрычніка, лістапада, снежань снежня
            """
        ),
        (
            "hu",
            """
            január, február, március, április, május, június, július, augusztus, szeptember, október, november,
            december
            """
        ),
        ("tr", "ocak, şubat, mart, nisan, mayıs, haziran, temmuz, ağustos, eylül, ekim, kasım, aralık"),
        (
            "el",
            """
            ιανουάριος ιανουαρίου γενάρης, φεβρουάριος φεβρουαρίου φλεβάρης, μάρτιος μαρτίου μάρτης,
            απρίλιος απριλίου απρίλης, μάιος μαΐου μάης, ιούνιος ιουνίου ιούνης ιόν, ιούλιος ιουλίου ιούλης ιόλ,
            αύγουστος αυγούστου, σεπτέμβριος σεπτεμβρίου, οκτώβριος οκτωβρίου, νοέμβριος νοεμβρίου, δεκέμβριος δεκεμβρίου
            """
        ),
        (
            "id",
            """
            januari, februari pebruari, maret, april, mei, juni, juli, agustus agt ags, september, oktober,
            november nopember, desember
            """
        ),
        ("ms", "januari, februari, mac, april, mei, jun, julai, ogos, september, oktober, november, disember"),
        (
            "vi",
            """
            tháng_một tháng_giêng, tháng_hai, tháng_ba, tháng_tư, tháng_năm, tháng_sáu, tháng_bảy, tháng_tám, tháng_chín,
            tháng_mười, tháng_mười_một, tháng_mười_hai tháng_chạp
            """
        ),
        (
            "th",
            """
            มกราคม มค, กุมภาพันธ์ กพ, มีนาคม มีค, เมษายน เมย, พฤษภาคม พค, มิถุนายน มิย, กรกฎาคม กค, สิงหาคม สค,
            กันยายน กย, ตุลาคม ตค, พฤศจิกายน พย, ธันวาคม ธค
            """
        ),
        (
            "ar",
            """
            يناير جانفي كانون_الثاني كانون_ثاني, فبراير فيفري شباط, مارس آذار, أبريل إبريل أفريل نيسان, مايو ماي أيار,
            يونيو يونيه جوان حزيران, يوليو يوليه يوليوز جويلية تموز, أغسطس غشت أوت آب, سبتمبر شتنبر أيلول,
            أكتوبر تشرين_الأول تشرين_أول, نوفمبر نونبر تشرين_الثاني تشرين_ثاني, ديسمبر دجنبر كانون_الأول كانون_أول
            """
        ),
        (
            "fa",
            """
            ژانویه جنوری, فوریه فبروری, مارس مارچ, آوریل اپریل, مه می, ژوئن جون, ژوئیه ژوییه جولای, اوت آگوست اگست,
            سپتامبر سپتمبر, اکتبر اکتوبر, نوامبر نومبر, دسامبر دسمبر
            """
        ),
        (
            "he",
            """
            ינואר בינואר, פברואר בפברואר, מרץ מרס במרץ במרס, אפריל באפריל, מאי במאי, יוני ביוני, יולי ביולי,
            אוגוסט באוגוסט, ספטמבר בספטמבר, אוקטובר באוקטובר, נובמבר בנובמבר, דצמבר בדצמבר
            """
        ),
        (
            "hi",
            """
            जनवरी जन, फरवरी फर, मार्च, अप्रैल, मई, जून, जुलाई, अगस्त अग, सितंबर सितम्बर, अक्टूबर अक्तूबर,
            नवंबर नवम्बर नव, दिसंबर दिसम्बर
            """
        ),
        ("zh", "一月, 二月, 三月, 四月, 五月, 六月, 七月, 八月, 九月, 十月, 十一月, 十二月"),
    ]
}
