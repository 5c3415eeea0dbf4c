using System.Collections.Immutable;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Where a field comes from and how its text is made ready.</summary>
/// <param name="From">Its sources (<see cref="FieldSource"/>) in order: the first that has a value gives it.</param>
internal sealed record FieldMapping(ImmutableArray<string> From)
{
    /// <summary>The text in lower case.</summary>
    public bool Lower { get; init; }

    /// <summary>Whether blanks around the text are cut off. Null: for ids, yes; for other fields, no.</summary>
    public bool? Trim { get; init; }

    /// <summary>Texts that mean 'no value', in upper or lower case. Null: those of the mapping, for an id.</summary>
    public ImmutableArray<string>? Missing { get; init; }

    /// <summary>True for a field of a preset, not of the user: its sources that are never found are not reported.</summary>
    public bool IsPreset { get; init; }

    public static implicit operator FieldMapping(string source) => new([source]);

    public static FieldMapping FromString(string source) => source;

    public override string ToString() => string.Join(", else ", From)
        + (Lower ? ", in lower case" : "")
        + (Missing is { Length: > 0 } missing ? $", but not {string.Join(", ", missing)}" : "");
}
