#!/usr/bin/env python3
"""Drives newswire-web beside a running service with a real browser: what comes is counted, the buttons do what they say, a
search finds, a list of feeds is taken; then it looks at each page as pages.py does. The feeds are hostile.

usage: live.py --newswire BINARY --web BINARY [--pictures FOLDER] [--axe FILE]
exit: 0 nothing is wrong, 1 something is, 77 there is no browser, or a program is not built
"""
import argparse, base64, os, sys, tempfile, time, urllib.request
from pathlib import Path
from xml.sax.saxutils import escape

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT / '.ci')]
import pages, web_site
from pages import By, check

FEEDS = {
    'notes': ('Defence Notes', 'defence'), 'arabic': ('وكالة الأنباء المركزية – أخبار الدفاع', 'world'),
    'japanese': ('防衛省・自衛隊 報道発表資料', 'world'), 'hostile': ('<b>Hostile</b> \u202elanruoj', None),
    'long': ('Averylongtitlewithoutanyblank' * 12, 'wire'),
}
HOSTILE = """<h1>Head</h1><p onclick="steal()">About <a href="javascript:steal()">this</a> <a href="data:text/html,x">that</a></p>
<script>steal()</script><svg onload="steal()"><script>steal()</script></svg><style>body{display:none}</style>
<img src="http://127.0.0.2:9/x.png" srcset="http://127.0.0.2:9/y.png 2x" onerror="steal()" alt="a map">
<meta http-equiv="refresh" content="0;url=http://127.0.0.2:9/"><iframe srcdoc="<script>steal()</script>"></iframe>
<form action="http://127.0.0.2:9/"><input name="q" autofocus onfocus="steal()"><button>Send</button></form>
<base href="http://127.0.0.2:9/"><link rel="stylesheet" href="http://127.0.0.2:9/s.css">
<table><tr><td>""" + 'wide ' * 60 + '</td></tr></table><pre>' + 'x' * 400 + '</pre>'
#: More of a feed comes by raising its number.
articles = {feed: 30 for feed in FEEDS}


def document(feed):
    if feed not in FEEDS:
        return None
    title = FEEDS[feed][0]
    items = ''.join(
        f"<item><guid isPermaLink='false'>{feed}-{number}</guid><title>{escape(title)} {number}</title>"
        f'<link>https://example.org/{feed}/{number}</link><description>{escape(HOSTILE)} body</description><pubDate>'
        f"{time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime(time.time() - 90000 + 600 * number))}</pubDate></item>"
        for number in range(1, articles[feed] + 1))
    return (f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>{escape(title)}</title>"
            f'<link>https://example.org/{feed}</link><description>x</description>{items}</channel></rss>').encode()


def wait(holds, words, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.1)
    check(False, words)


def drive(driver, site, folder):
    base = site.url

    def press(words):
        for button in driver.find_elements(By.TAG_NAME, 'button'):
            if button.text == words:
                return button.click()
        check(False, f'{driver.current_url} has no button {words}')

    def says(words):
        """Whether the page says that, which may be just coming."""
        try:
            return words in driver.find_element(By.TAG_NAME, 'main').text
        except (NoSuchElementException, StaleElementReferenceException):
            return False

    # What comes is counted above the list while that is open.
    driver.get(base + '/articles')
    counter = driver.find_element(By.CSS_SELECTOR, '[data-stream]')
    check(not counter.is_displayed(), 'something is new before anything has come')
    articles['notes'] += 3
    site.ask('/api/feeds/notes/poll', 'POST')
    wait(lambda: counter.is_displayed() and counter.text == '3 new', 'three new articles are not counted')
    if counter.is_displayed():
        counter.find_element(By.TAG_NAME, 'a').click()
        wait(lambda: says('Defence Notes 33'), 'what is new is not in the list')

    # The buttons of a feed.
    driver.get(base + '/feeds/notes')
    articles['notes'] += 1
    press('Poll now')
    wait(lambda: says('It is polled'), 'Poll now says nothing')
    wait(lambda: any(a['title'].endswith(' 34') for a in site.ask('/api/articles?feed=notes&limit=5')['articles']),
         'Poll now polls nothing')
    press('Pause 1 h')
    wait(lambda: says('It is paused.'), 'Pause says nothing')
    wait(lambda: site.ask('/api/feeds/notes')['state'] == 'paused', 'Pause pauses nothing')
    driver.get(base + '/feeds/notes')
    press('Resume')
    wait(lambda: site.ask('/api/feeds/notes')['state'] == 'ok', 'Resume resumes nothing')

    # A search finds, and shows by what.
    driver.get(base + '/articles')
    box = driver.find_element(By.CSS_SELECTOR, 'input[type=search]')
    box.send_keys('title:報道発表資料' + pages.Keys.ENTER)
    wait(lambda: len(driver.find_elements(By.CSS_SELECTOR, '[data-row]')) == articles['japanese'],
         'a search in Japanese finds not all')
    driver.get(base + '/articles?q=title:notes')
    check(driver.find_elements(By.TAG_NAME, 'mark'), 'what was looked for is not marked')

    # A list is looked at, and its new feed is taken.
    listed = folder / 'list.opml'
    listed.write_text('<opml version="2.0"><body><outline text="New" xmlUrl="https://new.invalid/feed.xml"/></body></opml>')
    driver.get(base + '/opml')
    driver.find_element(By.CSS_SELECTOR, 'input[type=file]').send_keys(str(listed))
    press('Take those that are new')
    wait(lambda: says('1 feed was taken'), 'the list is not taken')
    check(site.ask('/api/feeds')['counts'] is not None, 'the API does not answer')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--newswire', default=str(ROOT / '.build/release/newswire'))
    parser.add_argument('--web', default=str(ROOT / '.build/release/newswire-web'))
    parser.add_argument('--pictures')
    parser.add_argument('--axe')
    options = parser.parse_args()
    for binary in (options.newswire, options.web):
        if not os.access(binary, os.X_OK):
            print(f'absent: {binary} is not built')
            return 77
    proof = 'Basic ' + base64.b64encode(f'{web_site.NAME}:{web_site.PASSWORD}'.encode()).decode()
    opener = urllib.request.build_opener()
    opener.addheaders = [('Authorization', proof)]
    urllib.request.install_opener(opener)
    with tempfile.TemporaryDirectory(prefix='newswire-browser-') as temporary:
        folder = Path(temporary)
        # Titles are those of the documents: no configuration may have such ones.
        feeds = {feed: (None, tag) for feed, (_, tag) in FEEDS.items()}
        site = web_site.Site(options, folder, feeds, document, rights='manage', service=True)
        site.start(sum(articles.values()))
        driver = pages.browser()
        driver.execute_cdp_cmd('Network.enable', {})
        driver.execute_cdp_cmd('Network.setExtraHTTPHeaders', {'headers': {'Authorization': proof}})
        try:
            drive(driver, site, folder)
            driver.get_log('browser'), driver.get_log('performance')
            paths = pages.found(site.url)
            pages.look(driver, site.url, paths, options.pictures, axe=options.axe)
            pages.keys(driver, site.url)
            pages.nothing_runs(driver, site.url)
        finally:
            driver.quit()
            site.close()
    print(f'browser beside a service: {len(paths)} pages{pages.held_by(options.axe)}, {len(pages.wrong)} wrong')
    return 1 if pages.wrong else 0


if __name__ == '__main__':
    sys.exit(main())
