namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>One source name bound to one field.</summary>
/// <param name="Rank">Among the sources of a field the lowest rank that has a value wins; for <see cref="MappedField.Condition"/> its number.</param>
/// <param name="PropertyName">For <see cref="MappedField.Property"/> its name; else the name under which a value that lost against a
/// better source is kept.</param>
/// <param name="Next">The next binding of the same source, -1 behind the last.</param>
internal readonly record struct SourceBinding(MappedField Field, int Rank, byte[] PropertyName, int Next)
{
    /// <summary>The condition under which the source counts; -1: always.</summary>
    public int Condition { get; init; }

    /// <summary>Whether it counts when the condition does not hold.</summary>
    public bool IsUnless { get; init; }

    /// <summary>How a property's text is made ready; null: not at all. For a field, <see cref="CompiledMapping.RulesOf(MappedField)"/>.</summary>
    public FieldRules? Rules { get; init; }

    /// <summary>Whether the value is that of the record around the event, so that the record's other events have it too.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether a value outside any list has to be there: a property may have several.</summary>
    public bool TakesOne => Field < MappedField.Property;
}

/// <summary>One source name bound to one field of an item.</summary>
/// <param name="Next">The next binding of the same source, -1 behind the last.</param>
internal readonly record struct LineBinding(LineField Field, int Rank, int Next);
