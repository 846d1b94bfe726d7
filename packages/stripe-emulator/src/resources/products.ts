/** What is sold. */
import type { Stripe } from 'stripe'
import { now } from '../clock.ts'
import { invalid } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held } from '../wire.ts'
import { all, create, find, notes, remove, type World } from '../world.ts'
import { newPrice } from './prices.ts'

function createProduct(world: World, { params }: Asked<Stripe.ProductCreateParams>): Held<'product'> {
  if (params.id && all(world, 'product').some((each) => each.id === params.id))
    throw invalid('Product already exists.', { code: 'resource_already_exists' })
  const at = now(world)
  const product = create(world, 'product', {
    ...(params.id ? { id: params.id } : {}),
    active: params.active ?? true,
    created: at,
    description: params.description ?? null,
    images: params.images ?? [],
    marketing_features: params.marketing_features ?? [],
    metadata: mergeMetadata(null, params.metadata),
    name: params.name,
    shippable: params.shippable ?? null,
    statement_descriptor: params.statement_descriptor ?? null,
    tax_code: params.tax_code ?? null,
    type: 'service',
    unit_label: params.unit_label ?? null,
    updated: at,
    url: params.url ?? null,
  })
  tell(world, 'product.created', product)
  if (!params.default_price_data) return product
  const price = newPrice(world, { ...(params.default_price_data as object), product: product.id } as never)
  return change(world, product, { default_price: price.id })
}

function update(world: World, { id, params }: Asked<Stripe.ProductUpdateParams>): Held<'product'> {
  const product = find(world, 'product', id)
  const { active, name, description, default_price, tax_code, unit_label, url, images, marketing_features, shippable } = params
  const patch = { active, name, description, default_price, tax_code, unit_label, url, shippable }
  const lists = { images: images ?? undefined, marketing_features: marketing_features ?? undefined }
  const metadata = mergeMetadata(product.metadata, params.metadata)
  return change(world, product, { ...patch, ...lists, metadata, updated: now(world) } as never, 'product.updated')
}

function deleteProduct(world: World, { id }: Asked<unknown>) {
  const product = find(world, 'product', id)
  if (all(world, 'price').some((price) => price.product === id))
    throw invalid('This product cannot be deleted because it has one or more user-created prices.')
  remove(world, 'product', id)
  tell(world, 'product.deleted', product)
  return { id, object: 'product', deleted: true }
}

function addFeature(world: World, { id, params }: Asked<Stripe.ProductCreateFeatureParams>) {
  find(world, 'product', id)
  const entitlement_feature = find(world, 'entitlements.feature', params.entitlement_feature, 'entitlement_feature')
  const made = create(world, 'product_feature', { entitlement_feature: entitlement_feature as never })
  productFeatures(world, id, [...productFeatures(world, id), made.id])
  return made
}

const features = notes<string[]>('features')

/** Which features stand with a product; given a list, that is what stands with it from now on. */
export function productFeatures(world: World, product: string, ids?: string[]): string[] {
  if (!ids) return features.of(world, product) ?? []
  features.set(world, product, ids)
  return ids
}

function dropFeature(world: World, { id, path }: Asked<unknown>) {
  const product = path.product ?? path.productId ?? ''
  productFeatures(
    world,
    product,
    productFeatures(world, product).filter((each) => each !== id),
  )
  remove(world, 'product_feature', id)
  return { id, object: 'product_feature', deleted: true }
}

export const products = {
  'products.create': createProduct,
  'products.retrieve': (world, { id }) => find(world, 'product', id),
  'products.update': update,
  'products.del': deleteProduct,
  'products.list': (world, { params }: Asked<Stripe.ProductListParams>) =>
    page(
      all(world, 'product'),
      params,
      '/v1/products',
      (each) => (params.active === undefined || each.active === params.active) && (!params.ids || params.ids.includes(each.id)),
    ),
  'products.createFeature': addFeature,
  'products.listFeatures': (world, { id, params }: Asked<Stripe.ProductListFeaturesParams>) =>
    page(
      productFeatures(world, id).map((each) => find(world, 'product_feature', each)),
      params,
      `/v1/products/${id}/features`,
    ),
  'products.deleteFeature': dropFeature,
} satisfies Operations
