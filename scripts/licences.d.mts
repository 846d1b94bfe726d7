export declare const ALLOWED: readonly string[]
export declare const isAllowed: (license: string) => boolean
export declare const licencesDocument: () => string
export declare const productionPackages: () => readonly {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly integrity: string | undefined
  readonly resolved: string | undefined
}[]
