/* SPDX-License-Identifier: MIT */
/*
 * draw_html.c - an address space as a page to look around in: one file, no network
 *
 * The mappings stand in the page as data; its script draws panels, zooms with
 * the wheel or a drag, and lists what is in sight.  Addresses are BigInt.
 */
#include <inttypes.h>

#include "gen/inspect/draw.h"
#include "gen/doc/svg.h"
#include "gen/text.h"

#define PANELS 40u

static const char page_style[] =
	"body{margin:0 auto;max-width:1080px;padding:18px;font:14px system-ui,sans-serif;background:#fff;color:#1f2933}"
	"h1{font-size:18px;margin:0 0 4px}code,td,#where{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:12px}"
	"canvas{width:100%;display:block;margin:2px 0 10px;cursor:crosshair;background:#f2f4f6}"
	".key{display:inline-block;width:11px;height:11px;margin:0 5px 0 14px;vertical-align:-1px}"
	".key:first-child{margin-left:0}"
	".cap{display:flex;justify-content:space-between;cursor:pointer;font:12px ui-monospace,monospace}"
	"#tip{position:fixed;pointer-events:none;background:#1f2933;color:#fff;padding:4px 8px;border-radius:3px;"
	"font:12px ui-monospace,monospace;display:none;max-width:560px}"
	"table{border-collapse:collapse;width:100%}td,th{padding:2px 8px;text-align:left;border-bottom:1px solid #dde3e9}"
	"button,input{font:inherit;margin:6px 6px 6px 0}input{width:300px}"
	"@media(prefers-color-scheme:dark){body{background:#14181d;color:#e4e8ec}canvas{background:#262c33}"
	"td,th{border-color:#333b44}#tip{background:#e4e8ec;color:#14181d}}";

static const char page_script[] =
	"'use strict';\n"
	"const color={rx:'#4caf6a',rw:'#e6b422',ro:'#6b9bd1',wx:'#d64545',no:'#b8c0c8',bad:'#b05cc6',alias:'#9aa5b1'};\n"
	"const maps=data.map(r=>({va:BigInt(r[0]),last:BigInt(r[1]),cls:r[2],user:r[3],text:r[4]}));\n"
	"const hex=v=>'0x'+v.toString(16).padStart(16,'0');\n"
	"const size=n=>{const u='BKMGTPE';let i=0;n=Number(n);while(n>=1024&&i<6){n/=1024;i++}"
	"return (i>1?Math.floor(n*10)/10:Math.floor(n))+u[i]};\n"
	"let sight=null;\n"
	"const box=document.getElementById('panels'),tip=document.getElementById('tip'),list=document.getElementById('list');\n"
	"const where=document.getElementById('where');\n"
	"function find(va){let lo=0,hi=maps.length;while(lo<hi){const m=lo+hi>>1;if(maps[m].last<va)lo=m+1;else hi=m}return lo}\n"
	"function paint(c,first,last){\n"
	" const w=c.width=c.clientWidth*devicePixelRatio,h=c.height=c.clientHeight*devicePixelRatio,g=c.getContext('2d');\n"
	" const span=Number(last-first)+1;\n"
	" for(let i=find(first);i<maps.length&&maps[i].va<=last;i++){const m=maps[i];\n"
	"  const a=Number((m.va<first?first:m.va)-first)/span*w,b=(Number((m.last>last?last:m.last)-first)+1)/span*w;\n"
	"  const whole=m.cls=='bad'||m.cls=='alias';g.fillStyle=color[m.cls];\n"
	"  g.fillRect(a,whole||m.user?0:h/2,Math.max(b-a,1),whole?h:h/2)}\n"
	" g.fillStyle='#8a96a3';g.fillRect(0,h/2,w,1)}\n"
	"function at(c,e,first,last){const r=c.getBoundingClientRect(),x=Math.min(Math.max((e.clientX-r.left)/r.width,0),1);\n"
	" return first+BigInt(Math.floor(x*Number(last-first)))}\n"
	"function panel(first,last,tall){\n"
	" const cap=document.createElement('div');cap.className='cap';\n"
	" cap.innerHTML='<span>'+hex(first)+' - '+hex(last)+'</span><span>'+size(last-first+1n)+'</span>';\n"
	" cap.onclick=()=>zoom(first,last);\n"
	" const c=document.createElement('canvas');c.style.height=tall+'px';box.append(cap,c);paint(c,first,last);\n"
	" let down=null;\n"
	" c.onmousemove=e=>{const va=at(c,e,first,last),i=find(va),m=maps[i];tip.style.display='block';\n"
	"  tip.style.left=Math.min(e.clientX+14,innerWidth-580)+'px';tip.style.top=e.clientY+16+'px';\n"
	"  tip.textContent=m&&m.va<=va?m.text:hex(va)+': nothing is mapped'};\n"
	" c.onmouseleave=()=>tip.style.display='none';\n"
	" c.onmousedown=e=>{down=at(c,e,first,last);e.preventDefault()};\n"
	" c.onmouseup=e=>{if(down===null)return;const up=at(c,e,first,last),d=down;down=null;\n"
	"  if(up==d)zoom(first,last);else zoom(up<d?up:d,up<d?d:up)};\n"
	" c.onwheel=e=>{e.preventDefault();const va=at(c,e,first,last),s=last-first+1n;\n"
	"  const n=e.deltaY<0?s*2n/3n:s*3n/2n,f=va-n*(va-first)/s;zoom(f<0n?0n:f,f+n-1n)}}\n"
	"function zoom(first,last){const top=(1n<<64n)-1n;first&=~0xfffn;last|=0xfffn;if(first<0n)first=0n;if(last>top)last=top;\n"
	" if(last<=first)return;sight=[first,last];draw()}\n"
	"function draw(){box.textContent='';tip.style.display='none';\n"
	" if(sight)panel(sight[0],sight[1],120);else for(const p of panels)panel(maps[p[0]].va,maps[p[1]].last,30);\n"
	" const from=sight?find(sight[0]):0,rows=[];let n=0;\n"
	" for(let i=from;i<maps.length&&(!sight||maps[i].va<=sight[1]);i++,n++)\n"
	"  if(rows.length<400)rows.push('<tr><td style=\"color:'+color[maps[i].cls]+'\">&#9632;</td><td>'+"
	"maps[i].text.replace(/&/g,'&amp;').replace(/</g,'&lt;')+'</td></tr>');\n"
	" list.innerHTML=rows.join('')+(n>400?'<tr><td></td><td>and '+(n-400)+' more</td></tr>':'');\n"
	" where.value=sight?hex(sight[0])+'-'+hex(sight[1]):''}\n"
	"document.getElementById('all').onclick=()=>{sight=null;draw()};\n"
	"where.onchange=()=>{const m=where.value.match(/^(0x[0-9a-f]+)\\s*-\\s*(0x[0-9a-f]+)$/i);if(m)zoom(BigInt(m[1]),BigInt(m[2]))};\n"
	"onresize=draw;draw();\n";

static void script_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		if (*text == '<')
			fputs("\\x3c", out);
		else
			putc(*text, out);
	}
}

static void page_head(const struct drawing *d, FILE *out)
{
	static const struct { const char *color, *text; } keys[] = {
		{"#4caf6a", "executable"}, {"#e6b422", "writable"}, {"#6b9bd1", "read only"},
		{"#d64545", "writable and executable"}, {"#b05cc6", "fault or unreadable"}, {"#9aa5b1", "alias"},
	};

	fputs("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>", out);
	svg_escape(out, d->title);
	fprintf(out, "</title>\n<style>%s</style>\n<h1>", page_style);
	svg_escape(out, d->title);
	fputs("</h1>\n<div>", out);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		fprintf(out, "<span class=\"key\" style=\"background:%s\"></span>%s", keys[i].color, keys[i].text);
	fputs("</div>\n<p>Above the line: what the user can reach; below: what only the supervisor can. Click or drag to zoom, "
	      "wheel to go in and out.<br>\n<button id=\"all\">whole space</button>"
	      "<input id=\"where\" placeholder=\"0x...-0x...\"></p>\n"
	      "<div id=\"panels\"></div><div id=\"tip\"></div><table id=\"list\"></table>\n", out);
}

void draw_html(const struct drawing *d, FILE *out)
{
	unsigned count;
	struct panel *p = draw_panels(d, PANELS, &count);

	page_head(d, out);
	fputs("<script>\nconst data=[\n", out);
	for (size_t i = 0; i < d->count; i++) {
		const struct mapping *m = &d->m[i];

		fprintf(out, "[\"0x%" PRIx64 "\",\"0x%" PRIx64 "\",\"%s\",%d,\"", m->va, m->last, draw_class(m), draw_is_user(m));
		script_text(out, draw_hover(d, m));
		fputs("\"],\n", out);
	}
	fputs("];\nconst panels=[", out);
	for (unsigned i = 0; i < count; i++)
		fprintf(out, "%s[%zu,%zu]", i ? "," : "", p[i].first, p[i].last);
	fprintf(out, "];\n%s</script>\n</html>\n", page_script);
}
