export declare const judge: (text: string) => { readonly asked: boolean; readonly grave: readonly string[] }
