// Turns TypeScript types of the SDK into JSON Schema. Used by generate.mjs.
import { createRequire } from 'node:module'

const ts = createRequire(`${process.env.SDK_ROOT ?? process.cwd()}/x.js`)('typescript')
const F = ts.TypeFlags

/** Payment method types that no list of the SDK names, and that are pruned like the others. */
const furtherMethods =
  'sofort bank_transfer wechat ach_debit ach_credit_transfer stripe_account interac_present card_present id_bank_transfer sequra billie gopay qris shopeepay paypay stripe_balance us_bank_account acss_debit konbini sepa_debit scalapay sunbit bizum touch_n_go wero payto pix upi twint customer_balance blik crypto satispay mb_way nz_bank_account rechnung tamara demo_pay dummy_passthrough_card'.split(
    ' ',
  )

export const ref = (name) => ({ $ref: `#/components/schemas/${name}` })
const plain = (type) => ({ type })

export class Types {
  components = {}
  missing = []
  #names = new Map()
  #used = new Set()
  #methods = new Set(furtherMethods)

  constructor(checker, { keepExpand, keepPm, stub, eventTypes }) {
    this.checker = checker
    this.keepExpand = new Set(keepExpand)
    this.keepPm = new Set(keepPm)
    this.stub = new RegExp(stub.join('|'))
    this.eventTypes = new Set(eventTypes)
  }

  /** Learns the names of payment methods, so that only the wanted ones are kept in hashes keyed by them. */
  learnMethods(union) {
    for (const each of union.types ?? [union]) if (each.flags & F.StringLiteral) this.#methods.add(each.value)
    for (const kept of this.keepPm) this.#methods.delete(kept)
  }

  schema(type, side) {
    const symbol = type.symbol?.name
    if (type.aliasSymbol?.name === 'Decimal' || /Decimal/.test(symbol ?? ''))
      return { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$', 'x-decimal': true }
    const simple = this.#simple(type)
    if (simple) return simple
    if (type.isUnion()) return this.#union(type, side)
    if (type.isIntersection()) return type.types.some((each) => each.flags & F.String) ? plain('string') : this.#object(type, side)
    if (this.checker.isArrayType(type)) return { type: 'array', items: this.schema(this.checker.getTypeArguments(type)[0], side) }
    if (symbol === 'Date') return plain('number')
    if (symbol === 'ApiList') return this.list(this.checker.getTypeArguments(type)[0] ?? type.aliasTypeArguments?.[0], side)
    if (/^(Buffer|Uint8Array|ReadableStream)$/.test(symbol ?? '')) return plain('string')
    return type.flags & (F.Object | F.TypeParameter) ? this.named(type, side) : {}
  }

  #simple(type) {
    if (type.flags & F.Null) return plain('null')
    if (type.flags & F.StringLiteral) return { type: 'string', const: type.value }
    if (type.flags & F.NumberLiteral) return { type: 'number', const: type.value }
    if (type.flags & F.BooleanLiteral) return { type: 'boolean', const: this.checker.typeToString(type) === 'true' }
    if (type.flags & (F.String | F.BigInt)) return plain('string')
    if (type.flags & F.Number) return plain('number')
    if (type.flags & F.Boolean) return plain('boolean')
    return type.flags & (F.Any | F.Unknown) ? {} : undefined
  }

  list(item, side) {
    const properties = {
      object: { type: 'string', const: 'list' },
      data: { type: 'array', items: this.schema(item, side) },
      has_more: plain('boolean'),
      url: plain('string'),
    }
    return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties }
  }

  #union(type, side) {
    const special = this.#events(type, side) ?? this.#thinEvents(type)
    if (special) return special
    const types = type.types.filter((each) => !(each.flags & (F.Undefined | F.Void)))
    const literals = types.filter((each) => each.flags & F.StringLiteral).map((each) => each.value)
    const open = types.some(isOpenString)
    const text = open || types.some((each) => each.flags & F.String)
    const nullable = types.some((each) => each.flags & F.Null)
    const choices = [
      ...stringChoice(literals.length > 150 && side === 'response' ? [] : literals, open, text),
      ...this.#booleans(types, side),
      ...this.#others(types, text && side === 'response').map((each) => this.schema(each, side)),
    ]
    return joined(nullable ? [...choices, plain('null')] : choices, nullable)
  }

  #booleans(types, side) {
    const booleans = types.filter((each) => each.flags & F.BooleanLiteral)
    return booleans.length === 2 ? [plain('boolean')] : booleans.map((each) => this.schema(each, side))
  }

  /** What is neither text nor null. An expandable field keeps the object only where we serve it. */
  #others(types, expandable) {
    const rest = types.filter((each) => !(each.flags & (F.StringLiteral | F.BooleanLiteral | F.Null | F.String)) && !isOpenString(each))
    return expandable
      ? rest.filter((each) => !each.getProperty?.('object') || this.keepExpand.has(each.symbol && symbolName(each.symbol)))
      : rest
  }

  /** `Stripe.Event` is a union of hundreds: one envelope, and a branch for each kind of object. */
  #events(type, side) {
    const members = type.types.filter((each) => this.#literal(each, 'object') === 'event')
    if (members.length < 20) return undefined
    if (this.components.Event) return ref('Event')
    this.components.Event = {}
    this.#used.add('Event')
    const envelope = this.#object(members[0], side)
    const byObject = new Map()
    for (const member of members) {
      const name = this.#literal(member, 'type')
      if (!this.eventTypes.has(name)) continue
      const object = this.checker.getTypeOfSymbol(this.checker.getPropertyOfType(this.#property(member, 'data'), 'object'))
      const key = JSON.stringify(this.schema(object, side))
      byObject.set(key, [...(byObject.get(key) ?? []), name])
    }
    const known = [...byObject.values()].flat()
    const data = {
      type: 'object',
      required: ['object'],
      additionalProperties: false,
      properties: { object: plain('object'), previous_attributes: plain('object') },
    }
    Object.assign(envelope.properties, { type: { type: 'string', enum: known }, data })
    envelope.allOf = [...byObject].map(([object, names]) => ({
      if: { properties: { type: { enum: names } } },
      // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
      then: { properties: { data: { properties: { object: JSON.parse(object) } } } },
    }))
    this.components.Event = envelope
    this.missing.push(...[...this.eventTypes].filter((each) => !known.includes(each)).map((each) => `event ${each}`))
    return ref('Event')
  }

  #thinEvents(type) {
    if (type.types.filter((each) => this.#literal(each, 'object') === 'v2.core.event').length < 20) return undefined
    const text = plain('string')
    const related = { type: ['object', 'null'], required: ['id', 'type', 'url'], properties: { id: text, type: text, url: text } }
    const always = { id: text, object: { const: 'v2.core.event' }, created: text, livemode: plain('boolean'), type: text }
    const sometimes = {
      changes: plain('object'),
      context: plain(['string', 'null']),
      reason: plain(['object', 'null']),
      snapshot_event: text,
      data: plain('object'),
      related_object: related,
    }
    this.components.ThinEvent = {
      type: 'object',
      required: Object.keys(always),
      additionalProperties: false,
      properties: { ...always, ...sometimes },
    }
    this.#used.add('ThinEvent')
    return ref('ThinEvent')
  }

  #property(type, name) {
    const property = this.checker.getPropertyOfType(type, name)
    return property && this.checker.getTypeOfSymbol(property)
  }

  #literal(type, name) {
    const found = this.#property(type, name)
    return found && found.flags & F.StringLiteral ? found.value : undefined
  }

  /** A type with a name becomes a component of its own. */
  named(type, side) {
    const known = this.#names.get(type)
    if (known) return ref(known)
    const symbol = type.aliasSymbol ?? type.symbol
    if (!symbol || symbol.name === '__type') return this.#object(type, side)
    const full = symbolName(symbol)
    if (this.stub.test(full) && side === 'response') {
      this.components[`stub.${full}`] = { type: 'object', 'x-stub': full }
      this.#names.set(type, `stub.${full}`)
      return ref(`stub.${full}`)
    }
    const name = this.#unique(full)
    this.#names.set(type, name)
    this.components[name] = {}
    this.components[name] = this.#object(type, side)
    return ref(name)
  }

  #unique(base) {
    let name = base
    for (let i = 2; this.#used.has(name); i++) name = `${base}_${i}`
    this.#used.add(name)
    return name
  }

  #object(type, side) {
    const index = this.checker.getIndexInfosOfType(type)[0]
    const properties = this.checker.getPropertiesOfType(type)
    if (index && properties.length === 0) return { type: 'object', additionalProperties: this.schema(index.type, side) }
    // A hash with one key for each payment method: only cards matter here, and others may stand in it.
    const byMethod = properties.filter((each) => this.#methods.has(each.name)).length >= 3
    const schema = { type: 'object', properties: {}, additionalProperties: index ? this.schema(index.type, side) : byMethod }
    const required = []
    for (const property of properties) {
      const value = this.#field(property, byMethod)
      if (!value) continue
      schema.properties[property.name] = this.schema(this.checker.getNonOptionalType?.(value) ?? value, side)
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name)
    }
    return required.length > 0 ? { ...schema, required } : schema
  }

  /** The type of a field, unless it is a method, nothing, or pruned. */
  #field(property, byMethod) {
    const declaration = property.valueDeclaration ?? property.declarations?.[0]
    if (!declaration || ts.isMethodSignature(declaration) || ts.isMethodDeclaration(declaration)) return undefined
    if (byMethod && this.#methods.has(property.name) && !this.keepPm.has(property.name)) return undefined
    const type = this.checker.getTypeOfSymbolAtLocation(property, declaration)
    const nothing =
      type.flags & (F.Void | F.Undefined | F.Never) || (type.isUnion() && type.types.every((each) => each.flags & (F.Void | F.Undefined)))
    return nothing || type.getCallSignatures().length > 0 ? undefined : type
  }
}

const isOpenString = (type) => type.isIntersection() && type.types.some((each) => each.flags & F.String)

function stringChoice(literals, open, text) {
  if (text)
    return [
      literals.length > 0 && open
        ? { type: 'string', enum: literals }
        : literals.length > 0 && literals.length <= 40
          ? { type: 'string', 'x-known': literals }
          : plain('string'),
    ]
  return literals.length > 0 ? [{ type: 'string', enum: literals }] : []
}

/** Several choices as one schema, as short as it can be said. */
function joined(choices, nullable) {
  const [first] = choices
  if (choices.length === 1) return first
  if (choices.length === 2 && nullable && first.enum) return { type: ['string', 'null'], enum: [...first.enum, null] }
  if (choices.length === 2 && nullable && typeof first.type === 'string' && !first.const && !first.$ref)
    return { ...first, type: [first.type, 'null'] }
  return { anyOf: choices }
}

/** `Checkout.Session.Consent`, whichever way the SDK declares it. */
function symbolName(symbol) {
  const parts = []
  for (
    let here = symbol;
    here && !(here.flags & ts.SymbolFlags.ValueModule && here.declarations?.some(ts.isSourceFile));
    here = here.parent
  )
    parts.unshift(here.name)
  const folder = /esm\/resources\/(.*)\/[^/]+\.d\.ts$/.exec(symbol.declarations[0].getSourceFile().fileName)?.[1]?.split('/') ?? []
  // V2.Core.X is declared in nested namespaces; its folder says the same once more.
  for (let n = Math.min(folder.length, parts.length); n > 0; n--)
    if (folder.slice(-n).join() === parts.slice(0, n).join()) {
      parts.splice(0, n)
      break
    }
  return [...folder, ...parts].join('.')
}
