// What the scripts say, in the languages of the pages.

const LANGUAGES = ["en", "kk", "ru", "zh"];
const WORDS = {
  query: ["Query", "Сұрау", "Запрос", "查询"],
  keys: [
    "Control-Enter runs the query; Control-Space proposes; Tab leaves the editor.",
    "Control-Enter сұрауды орындайды; Control-Space нұсқа ұсынады; Tab редактордан шығарады.",
    "Control-Enter выполняет запрос; Control-Space предлагает варианты; Tab выходит из редактора.",
    "Control-Enter 运行查询；Control-Space 显示建议；Tab 离开编辑器。",
  ],
  examples: ["Examples", "Мысалдар", "Примеры", "示例"],
  choose: ["Choose a query", "Сұрауды таңдаңыз", "Выберите запрос", "选择一个查询"],
  noExample: [
    "The query cannot be fetched.",
    "Сұрауды жүктеу мүмкін емес.",
    "Запрос не загружается.",
    "无法下载此查询。",
  ],
  history: ["Past queries", "Бұрынғы сұраулар", "Прежние запросы", "历史查询"],
  clear: ["Forget them", "Өшіру", "Забыть их", "清除"],
  stop: ["Stop", "Тоқтату", "Остановить", "停止"],
  stopped: ["The query was stopped.", "Сұрау тоқтатылды.", "Запрос остановлен.", "查询已停止。"],
  running: ["The query is running …", "Сұрау орындалуда …", "Запрос выполняется …", "正在查询……"],
  loading: [
    "The dataset is being fetched: {done} MB",
    "Деректер жүктелуде: {done} МБ",
    "Набор данных загружается: {done} МБ",
    "正在下载数据集：{done} MB",
  ],
  loadingOf: [
    "The dataset is being fetched: {done} of {all} MB",
    "Деректер жүктелуде: {all} МБ-тан {done}",
    "Набор данных загружается: {done} из {all} МБ",
    "正在下载数据集：{done} / {all} MB",
  ],
  indexing: [
    "The dataset is being indexed …",
    "Деректер индекстелуде …",
    "Набор данных индексируется …",
    "正在为数据集建立索引……",
  ],
  answer: ["Answer", "Жауап", "Ответ", "结果"],
  rows: [
    "Rows: {count}, in {seconds} s",
    "Жолдар: {count}, {seconds} с",
    "Строк: {count}, за {seconds} с",
    "{count} 行，用时 {seconds} 秒",
  ],
  took: [
    "Answered in {seconds} s",
    "Жауап {seconds} с ішінде алынды",
    "Ответ получен за {seconds} с",
    "用时 {seconds} 秒",
  ],
  rowsOf: [
    "Rows {first} to {last} of {count}",
    "{count} жолдың {first}–{last} аралығы",
    "Строки {first}–{last} из {count}",
    "第 {first}–{last} 行，共 {count} 行",
  ],
  before: ["Rows before", "Алдыңғы жолдар", "Предыдущие строки", "前面的行"],
  after: ["Next rows", "Келесі жолдар", "Следующие строки", "后面的行"],
  noRows: [
    "The answer is empty: there are no rows.",
    "Жауап бос: жолдар жоқ.",
    "Ответ пуст: строк нет.",
    "结果为空：没有任何行。",
  ],
  noTriples: [
    "The answer is empty: there are no triples.",
    "Жауап бос: үштіктер жоқ.",
    "Ответ пуст: триплетов нет.",
    "结果为空：没有任何三元组。",
  ],
  moreTurtle: [
    "There is more; the download has all of it.",
    "Бұл бір бөлігі ғана; толық нұсқасы жүктелетін файлда.",
    "Показано не всё; в файле есть всё.",
    "未全部显示；下载的文件包含全部内容。",
  ],
  yes: ["Yes", "Иә", "Да", "是"],
  no: ["No", "Жоқ", "Нет", "否"],
  shownAs: ["Shown as", "Көрсету түрі", "Показать как", "显示方式"],
  table: ["Table", "Кесте", "Таблица", "表格"],
  chart: ["Chart", "Диаграмма", "Диаграмма", "图表"],
  map: ["Map", "Карта", "Карта", "地图"],
  figure: ["Figure", "Көрсеткіш", "Показатель", "数值"],
  by: ["By", "Бойынша", "По", "按"],
  download: ["Download", "Жүктеп алу", "Скачать", "下载"],
  link: ["Link to this answer", "Осы жауапқа сілтеме", "Ссылка на этот ответ", "此结果的链接"],
  nothingToDraw: [
    "There is nothing to draw: no column has numbers.",
    "Салатын ештеңе жоқ: бірде-бір бағанда сан жоқ.",
    "Рисовать нечего: ни в одном столбце нет чисел.",
    "无可绘制：没有任何一列是数字。",
  ],
  noPlaces: [
    "There is no place to draw.",
    "Картаға түсіретін орын жоқ.",
    "На карту нанести нечего.",
    "没有可绘制的地点。",
  ],
  chartOf: [
    "Chart of {name}, points: {count}",
    "{name} диаграммасы, нүктелер: {count}",
    "Диаграмма: {name}, точек: {count}",
    "{name} 的图表，{count} 个点",
  ],
  mapOf: ["Map, places: {count}", "Карта, орындар: {count}", "Карта, мест: {count}", "地图，{count} 个地点"],
  firstDrawn: [
    "The first {most} of {count} rows are drawn.",
    "{count} жолдың алғашқы {most} көрсетілген.",
    "Нарисованы первые {most} строк из {count}.",
    "共 {count} 行，仅绘制前 {most} 行。",
  ],
  unreachable: ["The endpoint does not answer.", "Сервер жауап бермейді.", "Сервер не отвечает.", "端点没有响应。"],
  answerTooLarge: [
    "The answer is larger than {size} MB, which is more than this page holds: add a LIMIT, or ask in another format.",
    "Жауап {size} МБ-тан үлкен, бұл бет оны сыйғыза алмайды: LIMIT қосыңыз немесе басқа пішімде сұраңыз.",
    "Ответ больше {size} МБ, страница столько не вмещает: добавьте LIMIT или запросите другой формат.",
    "结果超过 {size} MB，本页面无法容纳：请添加 LIMIT，或改用其他格式。",
  ],
  noWebAssembly: [
    "This browser has no WebAssembly, which queries on this page need.",
    "Бұл браузерде WebAssembly жоқ, ал осы беттегі сұраулар соны қажет етеді.",
    "В этом браузере нет WebAssembly, а запросам на этой странице оно нужно.",
    "此浏览器没有 WebAssembly，而本页面的查询需要它。",
  ],
  noWorker: [
    "This browser has no workers, which queries on this page need.",
    "Бұл браузерде фондық орындау жоқ, ал осы беттегі сұраулар соны қажет етеді.",
    "В этом браузере нет фоновых процессов, а запросам на этой странице они нужны.",
    "此浏览器不支持后台线程，而本页面的查询需要它。",
  ],
  tooLarge: [
    "The dataset has {size} MB, too much for a browser, which takes up to {most} MB.",
    "Деректер {size} МБ, бұл браузер үшін тым көп; шегі {most} МБ.",
    "Набор данных занимает {size} МБ — слишком много для браузера, предел {most} МБ.",
    "数据集有 {size} MB，超出浏览器的承受范围（上限 {most} MB）。",
  ],
  instead: [
    "Install kzlod, and kzlod serve or kzlod sparql answers from the file:",
    "kzlod орнатыңыз: kzlod serve мен kzlod sparql файлдан жауап береді:",
    "Установите kzlod: kzlod serve и kzlod sparql отвечают из файла:",
    "请安装 kzlod，用 kzlod serve 或 kzlod sparql 查询此文件：",
  ],
  dump: ["the dataset as a file", "деректер файлы", "набор данных файлом", "数据集文件"],
  dumpMissing: [
    "The dataset cannot be fetched ({error}).",
    "Деректерді жүктеу мүмкін емес ({error}).",
    "Набор данных не загружается ({error}).",
    "无法下载数据集（{error}）。",
  ],
  dumpTooLarge: [
    "The dataset is too large for a browser.",
    "Деректер браузер үшін тым көп.",
    "Набор данных слишком велик для браузера.",
    "数据集超出浏览器的承受范围。",
  ],
  dumpBroken: [
    "The dataset's file is broken ({error}).",
    "Деректер файлы бүлінген ({error}).",
    "Файл набора данных повреждён ({error}).",
    "数据集文件已损坏（{error}）。",
  ],
  outOfMemory: [
    "The query needs more memory than a browser has: ask for less.",
    "Сұрауға браузердегіден көп жад керек: азырақ сұраңыз.",
    "Запросу нужно больше памяти, чем есть у браузера: запросите меньше.",
    "查询所需内存超出浏览器所有：请缩小查询范围。",
  ],
  workerEnded: [
    "The part of the page that answers queries has failed.",
    "Беттің сұрауға жауап беретін бөлігі істен шықты.",
    "Часть страницы, которая отвечает на запросы, дала сбой.",
    "页面中负责查询的部分出现故障。",
  ],
  results: ["Results", "Нәтижелер", "Результаты", "结果"],
  nothingFound: [
    "Nothing has this name.",
    "Мұндай атаумен ештеңе табылмады.",
    "Ничего с таким названием нет.",
    "没有同名的内容。",
  ],
  noIndex: [
    "The names cannot be fetched.",
    "Атауларды жүктеу мүмкін емес.",
    "Названия не загружаются.",
    "无法下载名称。",
  ],
};

// What is said under a key, in the page's language, with values in its braces.
export function say(key, values = {}) {
  const tag = document.documentElement.lang.split("-")[0];
  const text = WORDS[key][Math.max(LANGUAGES.indexOf(tag), 0)];
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
