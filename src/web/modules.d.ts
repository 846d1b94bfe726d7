/** The bundler hands over an SVG as its text. */
declare module '*.svg' {
  const text: string
  export default text
}

/** The bundler compiles a stylesheet to a file of its own; importing it yields nothing to read. */
declare module '*.css' {}
