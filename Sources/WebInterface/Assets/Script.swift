/// The script of all pages: keys (web.md §4.2), and the count of what has come since a list was shown (§4). Each page is
/// whole without it.
let keysAndCounter: StaticString = """
    (() => {
    const $ = s => document.querySelector(s), all = s => [...document.querySelectorAll(s)];
    const follow = a => a && a.click();
    let at = -1, g = 0;
    const step = by => {
      const rows = all('[data-row]');
      if (!rows.length) return;
      const here = rows.findIndex(r => r.contains(document.activeElement));
      at = Math.max(0, Math.min(rows.length - 1, (here < 0 ? at : here) + by));
      const a = rows[at].querySelector('a');
      a && a.focus();
    };
    addEventListener('keydown', e => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
      const typing = e.target.matches('input,textarea,select,[contenteditable]');
      if (e.key == 'Escape') { document.activeElement.blur(); at = -1; return; }
      if (typing) return;
      if (g && Date.now() - g < 1500) {
        g = 0;
        const a = /^[a-z]$/.test(e.key) && $('nav [data-key=' + e.key + ']');
        if (a) { e.preventDefault(); follow(a); return; }
      }
      g = 0;
      switch (e.key) {
      case 'j': step(1); break;
      case 'k': step(-1); break;
      case 'n': follow($('a[rel=next]')); break;
      case 'p': follow($('a[rel=prev]')); break;
      case 'v': follow($('a[data-out]')); break;
      case 'g': g = Date.now(); break;
      case '/': $('input[type=search]').focus(); break;
      case '?': follow($('nav a:last-child')); break;
      default: return;
      }
      e.preventDefault();
    });
    const live = $('[data-stream]');
    if (live) {
      let count = 0;
      const source = new EventSource(live.dataset.stream);
      source.addEventListener('article', () => {
        count++;
        live.querySelector('a').textContent = count + ' new';
        live.hidden = false;
      });
      addEventListener('pagehide', () => source.close());
    }
    })();
    """
