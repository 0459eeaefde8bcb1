/// The style of all pages. Colours are named once for each scheme, and every pair of them that is shown as text has a
/// contrast of 4.5:1 at least, which the browser's tests look at.
let styleSheet: StaticString = """
    :root{color-scheme:light dark;--fg:#1b1b1b;--bg:#fff;--dim:#595959;--line:#d9d9d9;--soft:#f3f4f6;--edge:#767676;\
    --bad:#b00020;--warn:#7a4f00;--ok:#1b6e2c;--acc:#0b57d0;--hit:#fff3b0;--add:#e3f5e6;--cut:#fbe4e6}
    @media(prefers-color-scheme:dark){:root{--fg:#e8e8e8;--bg:#16181b;--dim:#a8adb4;--line:#33373c;--soft:#202327;\
    --edge:#868b92;--bad:#ff8a80;--warn:#ffcf70;--ok:#8fdc9f;--acc:#8ab4f8;--hit:#5a4a00;--add:#173a20;--cut:#4a1c20}}
    *{box-sizing:border-box}
    html{scroll-padding-top:1rem}
    body{margin:0;font:15px/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);overflow-wrap:anywhere}
    header,main,footer{max-width:75rem;margin:auto;padding:.6rem 1rem}
    header{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;align-items:center;border-bottom:1px solid var(--line)}
    footer{color:var(--dim);font-size:.87rem;margin-top:1.5rem}
    main:focus{outline:0}
    h1{font-size:1.5rem;line-height:1.25;margin:.8rem 0 .5rem}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}h3{font-size:1rem;margin:1rem 0 .3rem}
    p{margin:.5rem 0}
    a{color:var(--acc);text-underline-offset:.15em}
    a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible\
    {outline:2px solid var(--acc);outline-offset:2px;border-radius:2px}
    .brand{font-weight:700;color:var(--fg);text-decoration:none;padding:.2rem 0}
    nav{display:flex;flex-wrap:wrap;gap:0 1rem}nav a,nav b,.acts a{display:inline-block;padding:.2rem 0;min-height:24px}
    [aria-current]{font-weight:600;color:var(--fg);text-decoration:none;border-bottom:2px solid var(--acc)}
    search{margin-left:auto}
    input,button,select{font:inherit;padding:.25rem .55rem;min-height:30px;border:1px solid var(--edge);border-radius:4px;background:var(--bg);color:var(--fg);max-width:100%}
    button{background:var(--soft);cursor:pointer}
    header input{width:16rem}form.find input{width:12rem}form.find input[type=file]{width:auto}::placeholder{color:var(--dim);opacity:1}
    .skip,.unseen{position:absolute;left:-99rem;background:var(--bg);padding:.5rem;z-index:1}.skip:focus{left:.5rem;top:.5rem}
    form.find,.acts{display:flex;flex-wrap:wrap;gap:.5rem .8rem;align-items:end;margin:.6rem 0}form.find label{display:grid;font-size:.87rem;color:var(--dim)}\
    form.find label input,form.find label select{font-size:15px}
    .acts{align-items:center}
    .acts form{display:inline}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%}caption{text-align:left;color:var(--dim);padding:.3rem 0}
    th,td{text-align:left;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
    th{font-weight:600;white-space:nowrap}tbody th{font-weight:400;white-space:normal}
    td a,th a,li a,dd a,h3 a{display:inline-block;min-height:24px}td:last-child,thead th:last-child{padding-right:0}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    time{white-space:nowrap;font-variant-numeric:tabular-nums}i{font-style:normal;color:var(--dim);white-space:nowrap}
    .bad{color:var(--bad)}.warn{color:var(--warn)}.ok{color:var(--ok)}.dim,small{color:var(--dim)}small{font-size:.87rem}
    .tag{display:inline-block;border:1px solid var(--line);border-radius:3px;padding:0 .35rem;margin:.1rem .2rem .1rem 0;font-size:.8rem;color:var(--dim);max-width:100%}
    .tag.bad,.tag.warn{border-color:currentColor}.tag.bad{color:var(--bad)}.tag.warn{color:var(--warn)}
    tr:focus-within,li:focus-within{background:var(--soft)}
    dl.at{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:.5rem 0}dt{color:var(--dim)}dd{margin:0;min-width:0}
    .needs{list-style:none;padding:0;margin:.3rem 0}.needs li{border-left:4px solid var(--warn);padding:.35rem .8rem;margin:.45rem 0;background:var(--soft)}
    .needs li.worst{border-color:var(--bad)}.needs p{margin:.1rem 0}.calm{border-left:4px solid var(--ok);padding:.35rem .8rem;background:var(--soft)}
    svg.bars{display:block;width:100%;height:5rem;border-bottom:1px solid var(--edge)}svg.bars rect{fill:var(--acc)}figure{margin:.6rem 0}figcaption{color:var(--dim)}
    article>.body,article>h1,article>p,.text{max-width:44rem}.body{border-top:1px solid var(--line);border-bottom:1px solid var(--line);padding:.6rem 0;margin:.8rem 0}
    .body img{max-width:100%;height:auto}pre,code{font:13px/1.45 ui-monospace,monospace}pre{overflow-x:auto;background:var(--soft);padding:.6rem;margin:.4rem 0}
    .body table,.body pre{display:block;overflow-x:auto}blockquote{margin:.6rem 0;padding-left:.9rem;border-left:3px solid var(--line)}
    mark{background:var(--hit);color:var(--fg)}ins{background:var(--add);color:inherit}del{background:var(--cut);color:inherit}del+ins{margin-left:.2em}
    details{margin:.4rem 0}summary{cursor:pointer;min-height:24px;padding:.1rem 0}
    kbd{border:1px solid var(--edge);border-radius:3px;padding:0 .35rem;font:13px ui-monospace,monospace}
    .live{position:sticky;top:.4rem;margin:.4rem 0}.live a{background:var(--acc);color:var(--bg);padding:.2rem .8rem;border-radius:1rem;text-decoration:none;display:inline-block}
    .live[hidden]{display:none}
    @media(max-width:40rem){thead{position:absolute;left:-99rem}table:not(.body *),.rows tbody,.rows tr,.rows td,.rows th{display:block}\
    .rows caption{display:block}.rows td,.rows tbody th{border:0;padding:.08rem 0;text-align:left;white-space:normal}.rows td{display:inline-block;margin-right:.9rem}.rows tr{border-bottom:1px solid var(--line);padding:.45rem 0}\
    .rows td[data-l]::before{content:attr(data-l) " ";color:var(--dim)}.rows td:empty{display:none}.feeds td:nth-child(n+4)::before{color:var(--dim)}.feeds td:nth-child(4)::before{content:"last poll "}.feeds td:nth-child(5)::before{content:"next "}.feeds td:nth-child(6)::before{content:"24 h "}.feeds td:nth-child(7)::before{content:"7 d "}.feeds td:nth-child(8)::before{content:"newest "}\
    dl.at{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}search,header input{width:100%;margin:0}form.find label{width:calc(50% - .4rem)}form.find label:first-of-type{width:100%}form.find input,form.find select{width:100%}\
    table:not(.rows):not(.body *){display:table}}
    """
