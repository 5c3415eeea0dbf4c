namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Where schemas come from; neither folder nor registry: those that the product brings.</summary>
/// <param name="Registry">Addresses of one registry, separated by commas.</param>
/// <param name="Properties">Further properties of the registry's client.</param>
internal sealed record SchemasConfiguration(
    string? Folder, string? Registry, string? User, string? Password, string? Token, IReadOnlyDictionary<string, string> Properties);
