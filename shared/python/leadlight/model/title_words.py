"""The words of job titles, in order: the first line that a title contains a word of wins.

Lower case, without accents or punctuation (German umlauts as ae, oe, ue), separated by commas; `*` is any beginning or
ending of a word. Scripts that set no spaces between words are found anywhere.
"""

SENIORITY_WORDS = """
individual: assistant to, assistant of, executive assistant, personal assistant, ea to, pa to, assistante de
individual: account executive, sales executive, marketing executive, executive search, business executive
individual: customer service executive, support executive, hr executive, executive recruiter, accounts executive
individual: product owner, process owner, data owner, system owner, service owner, scrum master, project owner
individual: lead generation specialist, lead gen specialist, lead generation, lead gen, principal engineer
individual: head chef, business partner, hr partner, people partner, assistenz, sekretaer*, secretar*, secretary
manager: partner manager, channel partner manager, partner marketing manager, partner success manager
manager: student success manager, student affairs manager, intern program manager, owner success manager
director: dean of students, director of student*, director student*, chief of staff
individual: student advisor, student adviser, student services, student success, student support, student coach
student: student*, intern, interns, internship, trainee, apprentice*, graduate student, undergraduate, phd candidate
student: werkstudent*, praktikant*, azubi, auszubildende*, stagiair*, stagista, becari*, practicante, estudiante*
student: etudiant*, alternant*, apprenti, estagiari*, estudante*, stazyst*, thesis, pupil, schueler*, tirocinante
student: 学生, インターン, 实习
vp: vp, svp, evp, avp, rvp, gvp, vps, vice president*, vice presidente, vicepresident*, vice pres, v p
vp: vizepraesident*
vp: 副总裁, 副総裁
executive: ceo, cto, cfo, coo, cmo, cio, cpo, cro, cco, cso, cdo, chro, ciso, cxo, cbo, clo, cgo, caio
executive: chief * officer, chief * * officer, chief executive, chief operating, chief technology, chief marketing
executive: chief financial, chief product, chief revenue, chief information, chief people, chief data, chief
executive: founder, founders, cofounder, founding partner, co owner, owner, president*, managing director
executive: managing partner, general partner, senior partner, partner, principal, proprietor, chairman, chairwoman
executive: chairperson, chair, board member, entrepreneur, self employed, executive director, md
executive: *geschaeftsfuehr*, geschaeftsleit*, *inhaber*, vorstand*, gruender*, gesellschafter*, unternehmer*
executive: directeur general, directrice generale, pdg, dg, president directeur, gerant*, fondat*, cofondat*, associe
executive: director general, directora general, gerente general, fundador*, cofundador*, dueno, duena
executive: consejer* delegad*
executive: propietari*, proprietari*, diretor geral, socio, socia, presidenta, director ejecutivo, directora ejecutiva
executive: amministratore delegato, amministratore unico, titolare, fondatore, direttore generale, imprenditore
executive: eigenaar, oprichter, bestuurder, algemeen directeur, dga, prezes, wlasciciel, zalozyciel, toimitusjohtaja
executive: verkstallande direktor, grundare, adm dir, administrerende direktor, genel mudur, kurucu
executive: 代表取締役, 社長, 取締役, 总经理, 首席, 创始人, 董事, 대표
manager: teamleit*, gruppenleit*, projektleit*, team lead*, team leader, teamlead, tech lead, technical lead
director: director*, dir, head, global head, gm, general manager, dean, directeur*, directrice*, direktor*, direttore
director: direttrice, diretor*, dyrektor*, leiter*, *leiter, *leiterin, abteilungsleit*, bereichsleit*, prokurist*
director: hoofd
director: subdirector*, chef de service, jefe de departamento, 部長, 总监, 本部長
manager: manager*, mgr, mngr, lead, leader, supervisor*, superintendent, foreman, team captain, chef de projet
manager: gerente, gestor*, jefe, jefa, responsable, responsabile, coordinador*, encargad*, coordenador*, chef d equipe
manager: kierownik, vedouci, manazer*, supervisora, cadre, chef, mudur, 課長, 经理, マネージャー, 팀장
"""

DEPARTMENT_WORDS = """
hr: talent, recruit*, human resource*, hr, chro, people operations, people ops, people partner, people culture
hr: head of people, vp people, of people, chief people, people and culture, people director, people manager
hr: personal*referent*
hr: personalleit*, personalwesen, ressources humaines, drh, rh, recursos humanos, rrhh, risorse umane, payroll
hr: learning and development, l d manager, workforce, employee experience, 人事
legal: legal, lawyer*, attorney*, counsel, paralegal, compliance, clo, general counsel, solicitor, jurist*, juridi*
legal: rechtsanwalt, rechtsanwaeltin, justiziar*, avocat*, abogad*, avvocat*, privacy officer, dpo
legal: data protection officer
support: customer success, customer support, customer service, customer care, customer experience, client success
support: client services, technical support, support, help desk, helpdesk, cx, csm, kundenservice, kundenbetreu*
support: service client, relation client, atencion al cliente, servicio al cliente, assistenza clienti, call center
marketing: product marketing, marketing, marketer*, mktg, cmo, brand*, demand gen*, demand generation, growth, seo
marketing: sem, ppc
marketing: content, copywriter, social media, communication*, kommunikation*, pr, public relations, advertis*
marketing: campaign*
marketing: media buyer, community manager, event manager, events manager, lead generation, lead gen, mercadeo
marketing: mercadotecnia
marketing: publicidad, werbung, crm manager, digital strategist, editor, マーケティング, 市场
operations: revenue operations, revops, sales operations, sales ops, business operations, bizops, rev ops
sales: sales, cro, chief revenue, revenue, account executive*, account manager*, key account*, account director, bdr
sales: sdr
sales: business development, bizdev, biz dev, bdm, ae, inside sales, presales, pre sales, vertrieb*, *vertrieb
sales: verkauf*
sales: verkaeufer*, vendeur*, vendeuse*, commercial*, commerciale, ventas, vendedor*, vendite, vendas, comercial
sales: sprzedaz*, verkoop*, partnership*, partner manager, channel manager, alliances, 営業, 销售, 영업
product: product manager*, product management, product owner*, product lead, product director, head of product, cpo
product: vp product, vp of product, svp product, chief product, director of product, director product, product
product: productmanager, produktmanag*, produktleit*, chef de produit, jefe de producto, responsabile prodotto, pm
design: design*, ux, ui, creative, art director, illustrator*, diseno, disenador*, graphiste
data: data scien*, data analy*, data engineer*, analytics, chief data, cdo, head of data, business intelligence, bi
data: machine learning, ml, ai, statistic*, data, datenanalyst*, data architect, データ
it: cio, ciso, information technology, it, sysadmin, system administrator*, systems administrator*, network*, infosec
it: information security, cyber*, security, chief information, edv, informatique, dsi, sistemas, informatica, sap
it: database administrator, dba, systemadministrator*, it leit*, soc analyst, information systems
engineering: cto, chief technology, chief technical, engineer*, developer*, software*, programmer*, devops, sre
engineering: backend
engineering: front end, frontend, back end, full stack, fullstack, qa, tester, architect, technology, technical, tech
engineering: entwickl*, *entwickler, *entwicklerin, ingenieur*, ingenier*, ingegner*, engenheir*, developpeu*
engineering: desarrollador*
engineering: desenvolvedor*, sviluppat*, programador*, programista, ontwikkelaar, r d, research and development, coder
engineering: platform, infrastructure, エンジニア, 开发, 工程师, 개발
finance: cfo, finance*, financ*, accountant*, accounting, accounts payable, accounts receivable, controller
finance: comptroller
finance: treasur*, audit*, tax, bookkeep*, fp a, buchhalt*, finanz*, controlling, comptable, contable, contador*
finance: contabil*, finanzas, finanza, ragionier*, investor relations, 財務, 财务
operations: coo, chief operating, operation*, operativ*, ops, logistic*, logistik*, supply chain, procurement
operations: purchasing
operations: buyer, einkauf*, einkaeufer*, achats, acheteu*, compras, acquisti, facilit*, project manager*
operations: program manager*
operations: pmo, projektmanag*, projektleit*, chef de projet, office manager, manufacturing, production, warehouse
operations: quality
operations: operaciones, operacoes, betriebsleit*, produktionsleit*, administrator*, administration, administrat*
"""
