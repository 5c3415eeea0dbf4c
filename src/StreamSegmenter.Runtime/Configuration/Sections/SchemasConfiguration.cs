namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Where schemas come from; both null: those that the product brings.</summary>
internal sealed record SchemasConfiguration(string? Folder, Uri? Registry, string? User, string? Password);
