using StreamSegmenter.Definitions;

namespace StreamSegmenter.Segments.Language;

/// <summary>Puts segments behind those that they refer to, otherwise in the order of the definitions; refuses circles.</summary>
internal static class SegmentOrder
{
    /// <summary>The indexes in order of evaluation; null after an error was added.</summary>
    /// <param name="references">For each segment those that its expression names, each once.</param>
    public static int[]? Of(
        IReadOnlyList<SegmentDefinition> definitions, IReadOnlyList<IReadOnlyList<(int Segment, SourcePosition At)>> references,
        List<DefinitionError> errors)
    {
        var order = new List<int>();
        var done = new bool[definitions.Count];
        var onPath = new bool[definitions.Count];
        var path = new List<(int Segment, int NextReference)>();
        for (var root = 0; root < definitions.Count; root++)
        {
            if (done[root])
            {
                continue;
            }

            path.Add((root, 0));
            onPath[root] = true;
            while (path.Count > 0)
            {
                var (segment, next) = path[^1];
                if (next == references[segment].Count)
                {
                    path.RemoveAt(path.Count - 1);
                    onPath[segment] = false;
                    done[segment] = true;
                    order.Add(segment);
                    continue;
                }

                path[^1] = (segment, next + 1);
                var (other, at) = references[segment][next];
                if (onPath[other])
                {
                    var circle = path.Select(step => step.Segment).SkipWhile(step => step != other).Append(other)
                        .Select(step => definitions[step].Id);
                    errors.Add(new DefinitionError(
                        definitions[segment].File, at.Line, at.Column,
                        $"segments refer to one another in a circle: {string.Join(" → ", circle)}"));
                    return null;
                }

                if (!done[other])
                {
                    path.Add((other, 0));
                    onPath[other] = true;
                }
            }
        }

        return [.. order];
    }

    /// <summary>The segments that an expression refers to, with an error for each that does not exist.</summary>
    public static List<(int Segment, SourcePosition At)> ReferencesOf(
        SyntaxNode? expression, IReadOnlyDictionary<string, int> segments, ErrorSink errors)
    {
        var references = new List<(int, SourcePosition)>();
        Collect(expression);
        return references;

        void Collect(SyntaxNode? node)
        {
            switch (node)
            {
                case LogicalNode logical:
                    foreach (var term in logical.Terms)
                    {
                        Collect(term);
                    }

                    break;
                case NotNode not:
                    Collect(not.Operand);
                    break;
                case InSegmentNode { Segment: var name }:
                    if (segments.TryGetValue(name.Value, out var segment))
                    {
                        references.Add((segment, name.At));
                    }
                    else
                    {
                        errors.Report(name.At, $"unknown segment '{name.Value}'." + NearestName.Hint(name.Value, segments.Keys));
                    }

                    break;
            }
        }
    }
}
