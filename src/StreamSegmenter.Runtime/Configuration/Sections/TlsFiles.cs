namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>The server's certificate: PEM files, read again when they change.</summary>
/// <param name="Certificate">With the certificates between it and its root behind it.</param>
/// <param name="Key">Its private key, not encrypted.</param>
internal sealed record TlsFiles(string Certificate, string Key);
