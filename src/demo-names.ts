/** What the invented people are called: given and family names that belong together, and where their mail is. */

/** Names as people write them; one in another script brings its Latin form for the address. */
type Name = string | readonly [shown: string, latin: string]

interface Region {
  /** How many of a thousand people come from here. */
  readonly share: number
  readonly given: readonly Name[]
  readonly family: readonly Name[]
}

const list = (names: string): string[] => names.split(' ')
const pairs = (names: string): [string, string][] => list(names).map((pair) => pair.replace('_', ' ').split('/') as [string, string])

const regions: readonly Region[] = [
  {
    share: 260,
    given: list(
      'Olivia James Emma Noah Charlotte Liam Amelia Henry Sophia Jack Isla George Ava Arthur Grace Leo Freya Oscar Ruby Theo Hannah Daniel Megan Ryan Fiona Callum Bridget Owen Rhys Ceri',
    ),
    family: list(
      "Smith Taylor Brown Wilson Evans Thomas Roberts Walker Wright Robinson Thompson White Hughes Edwards Green Hall Wood Harris Clarke Jackson Turner Hill Cooper Ward Murphy O'Brien O'Connor Kelly Campbell Stewart Morgan Griffiths",
    ),
  },
  {
    share: 120,
    given: list(
      'Maria José Lucía Mateo Valentina Santiago Camila Diego Sofía Andrés Ximena Joaquín Inés Álvaro Martina Tomás Elena Raúl Paula Emilio Renata Íñigo Carmen Luis',
    ),
    family: list(
      'García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Torres Flores Rivera Gómez Díaz Reyes Morales Ortiz Gutiérrez Chávez Ramos Núñez Ibáñez Peña Domínguez',
    ),
  },
  {
    share: 110,
    given: list(
      'Anna Lukas Lena Finn Marie Jonas Clara Felix Emilia Paul Johanna Moritz Greta Jakob Frieda Anton Käthe Jürgen Zoë Matthias Ute Björn Heike Sönke',
    ),
    family: list(
      'Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Groß',
    ),
  },
  {
    share: 90,
    given: list(
      'Camille Louis Chloé Gabriel Manon Jules Léa Hugo Inès Arthur Élodie Raphaël Margaux Théo Anaïs Étienne Zoé Antoine Solène Benoît Noémie Loïc',
    ),
    family: list(
      'Martin Bernard Dubois Durand Leroy Moreau Simon Laurent Lefèvre Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Mercier Blanc Guérin',
    ),
  },
  {
    share: 110,
    given: list(
      'Aarav Priya Vihaan Ananya Arjun Diya Rohan Isha Kabir Meera Aditya Kavya Vikram Nisha Rahul Sanjana Imran Fatima Ayesha Zainab Harpreet Gurpreet',
    ),
    family: list(
      'Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Mehta Joshi Desai Chatterjee Banerjee Rao Khan Ahmed Kapoor Malhotra Menon Pillai Kaur Hussain',
    ),
  },
  {
    share: 80,
    given: list(
      'Wei Li Yan Jing Min Hao Xin Lei Yi Chen Mei Jun Hui Ling Ying Yuki Haruto Sakura Ren Aoi Sora Hina Minjun Seoyeon Jiho Hayun Linh Minh',
    ),
    family: list(
      'Wang Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sato Suzuki Takahashi Tanaka Watanabe Ito Kim Lee Park Choi Jung Nguyễn Trần Lê Phạm',
    ),
  },
  {
    share: 70,
    given: list(
      'Chidi Amara Kwame Ngozi Thabo Zanele Kofi Adaeze Tendai Wanjiru Oluwaseun Folake Emeka Nia Juma Aisha Sipho Lindiwe Abena Yaw',
    ),
    family: list(
      'Okafor Mensah Nkosi Adeyemi Dlamini Osei Mwangi Eze Ndlovu Abara Kamau Otieno Balogun Owusu Moyo Chukwu Boateng Diallo Traoré Keïta',
    ),
  },
  {
    share: 60,
    given: list(
      'Jan Zofia Jakub Maja Łukasz Agnieszka Tomasz Małgorzata Piotr Katarzyna Ondřej Tereza Jiří Eliška Gábor Eszter Ștefan Ioana Miloš Jelena',
    ),
    family: list(
      'Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Dąbrowski Novák Svoboda Dvořák Černý Nagy Szabó Kovács Popescu Ionescu Jovanović Petrović Horvat',
    ),
  },
  {
    share: 50,
    given: list('Astrid Erik Ingrid Lars Freja Mikkel Sigrid Håkon Linnéa Åsa Søren Bjørn Maja Elias Aino Eero Ísold Jón Kirsten Nils'),
    family: list(
      'Andersson Johansson Karlsson Lindqvist Bergström Hansen Olsen Larsen Sørensen Rasmussen Nielsen Korhonen Virtanen Mäkinen Jónsdóttir Sigurðsson Dahl Berg Lund Åkesson',
    ),
  },
  // Whole names, because in these languages not every part goes with every other.
  {
    share: 35,
    given: pairs(
      'Мария_Иванова/maria.ivanova Иван_Петров/ivan.petrov Анна_Соколова/anna.sokolova Дмитрий_Орлов/dmitri.orlov Оксана_Шевченко/oksana.shevchenko Сергій_Коваленко/serhii.kovalenko Тарас_Мельник/taras.melnyk Олена_Бондаренко/olena.bondarenko Никола_Димитров/nikola.dimitrov Елена_Георгиева/elena.georgieva',
    ),
    family: [],
  },
  {
    share: 25,
    given: pairs(
      '李娜/li.na 王伟/wang.wei 張美玲/chang.meiling 陳志明/chen.chihming 佐藤健/sato.ken 高橋葵/takahashi.aoi 김서연/kim.seoyeon 박지훈/park.jihoon أحمد_منصور/ahmad.mansour ليلى_حداد/layla.haddad ליאור_כהן/lior.cohen Γιώργος_Παπαδόπουλος/giorgos.papadopoulos Ελένη_Νικολάου/eleni.nikolaou',
    ),
    family: [],
  },
]

/** Letters that do not come apart into a plain one and a sign. */
const plain: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', ß: 'ss', æ: 'ae', đ: 'd', ð: 'd', þ: 'th', ı: 'i' }

const latin = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[łøßæđðþı]/g, (letter) => plain[letter] ?? letter)
    .normalize('NFD')
    .replace(/[^a-z]/g, '')

const hosts = list(
  'mail.example.org post.example.org inbox.example.org home.example.org letters.example.org web.example.com mail.example.com studio.example.com works.example.com lab.example.com cafe.example.com school.example.net mail.example.net post.example.net office.example.net people.example.net clinic.example.org farm.example.com',
)

/** A generator of numbers from 0 to 1; the same seed gives the same ones (mulberry32). */
export type Chance = () => number

/** Numbers that look random and are the same each time. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of several. */
export function pick<T>(roll: Chance, among: readonly T[]): T {
  const picked = among[Math.floor(roll() * among.length)]
  if (picked === undefined) throw new Error('there is nothing to pick from')
  return picked
}

const shares = regions.reduce((sum, region) => sum + region.share, 0)

function region(roll: Chance): Region {
  let left = roll() * shares
  return regions.find((region) => (left -= region.share) < 0) ?? pick(roll, regions)
}

/** Names people by `roll`; no two of them share an address. */
export function namer(roll: Chance): () => { name: string; email: string } {
  const taken = new Map<string, number>()
  return () => {
    const { given, family } = region(roll)
    const parts = [pick(roll, given), ...(family.length > 0 ? [pick(roll, family)] : [])]
    const name = parts.map((part) => (typeof part === 'string' ? part : part[0])).join(' ')
    const local = parts.map((part) => (typeof part === 'string' ? latin(part) : part[1])).join('.')
    const address = `${local}@${pick(roll, hosts)}`
    const before = taken.get(address) ?? 0
    taken.set(address, before + 1)
    return { name, email: before === 0 ? address : address.replace('@', `.${before + 1}@`) }
  }
}
