/** The data map as linked data: JSON-LD in the words of the W3C's Data Privacy Vocabularies (DPV 2.3). */
import { processorsOf } from '../processors/all.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import type { House } from '../web/house.ts'
import { type Activity, activitiesOf, keyOfProcessor, receivedBy } from './activity.ts'
import { keptForInWords } from './data-map.ts'
import { basisMeans, categoryMeans, measures, peopleMean, purposeMeans } from './vocabulary.ts'

type Node = Readonly<Record<string, unknown>>

const refs = (terms: readonly string[]): Node[] => [...new Set(terms)].map((term) => ({ '@id': term }))
const own = (name: string): Node => ({ '@id': `map:${name}` })

/** The document. */
export function linkedData({ config, content: { company } }: House): Node {
  return {
    '@context': {
      dpv: 'https://w3id.org/dpv#',
      pd: 'https://w3id.org/dpv/pd#',
      'eu-gdpr': 'https://w3id.org/dpv/legal/eu/gdpr#',
      dct: 'http://purl.org/dc/terms/',
      skos: 'http://www.w3.org/2004/02/skos/core#',
      map: `${config.origin}/privacy/data.jsonld#`,
    },
    '@graph': [
      {
        ...own('controller'),
        '@type': 'dpv:DataController',
        'dct:title': company.name,
        'dpv:hasContact': config.privacyAddress,
        'dpv:hasAddress': company.postalAddress || company.jurisdiction,
      },
      ...processorsOf(config).map(processorNode),
      ...measures.map(({ dpv, says }) => ({ ...own(dpv.replace('dpv:', 'measure-')), '@type': dpv, 'dct:description': says })),
      {
        ...own('record'),
        '@type': 'dpv:ROPA',
        'dct:title': 'What is done with data',
        'dpv:hasProcess': activitiesOf(config).map(({ key }) => own(key)),
      },
      ...activitiesOf(config).map(processNode),
    ],
  }
}

const processorNode = (processor: Nameplate): Node => ({
  ...own(keyOfProcessor(processor)),
  '@type': 'dpv:DataProcessor',
  'dct:title': processor.name,
  'dct:description': processor.does,
  'dpv:hasPersonalData': refs(receivedBy(processor).flatMap((category) => categoryMeans[category].dpv)),
  'dpv:hasLocation': processor.where,
})

function processNode({ key, purpose, basis, says, tables, categories, recipients }: Activity): Node {
  const { dpv, people } = purposeMeans[purpose]
  return {
    ...own(key),
    '@type': 'dpv:Process',
    'dct:title': says,
    'dpv:hasPurpose': refs(dpv),
    'dpv:hasLegalBasis': { '@id': basisMeans[basis].dpv },
    'dpv:hasDataSubject': refs(people.flatMap((word) => peopleMean[word].dpv)),
    'dpv:hasPersonalData': refs(categories.flatMap((category) => categoryMeans[category].dpv)),
    'dpv:hasDataController': own('controller'),
    'dpv:hasDataProcessor': recipients.map((processor) => own(keyOfProcessor(processor))),
    'dpv:hasRecipient': recipients.map((processor) => own(keyOfProcessor(processor))),
    'dpv:hasStorageCondition': tables.map((held) => ({
      '@type': 'dpv:StorageDuration',
      'dct:title': held.says,
      'skos:note': keptForInWords(held.keptFor),
    })),
    'dpv:hasTechnicalOrganisationalMeasure': measures.map((measure) => own(measure.dpv.replace('dpv:', 'measure-'))),
  }
}
