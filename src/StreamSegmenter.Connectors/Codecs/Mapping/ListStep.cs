namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Where a path enters a list.</summary>
/// <param name="List">The path of the list.</param>
/// <param name="Index">The element's place from 0; -1 where <paramref name="Key"/> selects it.</param>
/// <param name="Key">The member of the element that is compared; empty for a place.</param>
/// <param name="Value">What that member must be.</param>
internal readonly record struct ListStep(string List, int Index, string Key, string Value)
{
    /// <summary>As written behind the list's path.</summary>
    public string Selector => Index >= 0
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[{Index}]")
        : $"[{Key}={Value}]";
}
