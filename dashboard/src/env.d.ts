declare module "#wasm" {
  /** Where the module lies, or its bytes. */
  export function wasm(): Promise<URL | BufferSource>;
}

declare module "#assessment" {
  const AssessmentWorker: new () => Worker;
  export default AssessmentWorker;
}

declare module "#files" {
  const FilesWorker: new () => Worker;
  export default FilesWorker;
}

declare module "#example" {
  /** The files of the example, by name: JSON, gzipped, in base64. */
  const packed: string;
  export default packed;
}
