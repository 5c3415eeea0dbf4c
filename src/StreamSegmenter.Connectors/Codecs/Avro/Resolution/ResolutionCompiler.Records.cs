using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>Fields by name or alias, skipped fields, defaults.</summary>
internal sealed partial class ResolutionCompiler
{
    private const int NoField = -1;

    private ResolvedNode? ResolveRecord(RecordSchema writer, RecordSchema reader, Place at)
    {
        // The type refers to itself: go round. Deeper levels report the slots of the first.
        if (_open.Find(pair => ReferenceEquals(pair.Writer, writer) && ReferenceEquals(pair.Reader, reader)).Node is { } outer)
        {
            return new ResolvedNode(ResolvedOp.Recursion, at.Slot) { Children = [outer] };
        }

        bool anyName = at.IsOutermost && names == AvroNameMatching.IgnoreOutermostName;
        if (!anyName && !NamesMatch(writer, reader))
        {
            return RefuseName(writer, reader, at);
        }

        var record = new ResolvedNode(ResolvedOp.Record, at.Slot);
        _open.Add((writer, reader, record));
        ResolvedNode[]? fields = ResolveFields(writer, reader, at, out int freeSteps);
        _open.RemoveAt(_open.Count - 1);
        if (fields is null)
        {
            return null;
        }

        record.Children = fields;
        record.Size = freeSteps;
        return record;
    }

    private ResolvedNode[]? ResolveFields(RecordSchema writer, RecordSchema reader, Place at, out int freeSteps)
    {
        slots.AddRecord(reader, at.Path);
        int[] readerOfWriter = MatchFields(writer, reader);
        var nodes = new List<ResolvedNode>(writer.Fields.Count);
        freeSteps = 0;
        for (int i = 0; i < writer.Fields.Count; i++)
        {
            Field written = writer.Fields[i];
            ResolvedNode? node = readerOfWriter[i] == NoField
                ? new ResolvedNode(ResolvedOp.Skip, at.Slot) { Children = [AvroSkipper.Compile(written.Schema)] }
                : ResolveField(written.Schema, reader.Fields[readerOfWriter[i]], at);
            if (node is null)
            {
                return null;
            }

            freeSteps += _sizes.BytesMin(written.Schema) == 0 ? 1 : 0;
            nodes.Add(node);
        }

        for (int i = 0; i < reader.Fields.Count; i++)
        {
            if (Array.IndexOf(readerOfWriter, i) >= 0)
            {
                continue;
            }

            ResolvedNode? node = DefaultOf(reader.Fields[i], writer, at);
            if (node is null)
            {
                return null;
            }

            freeSteps += 1 + node.DefaultEncoded.Length;
            nodes.Add(node);
        }

        return [.. nodes];
    }

    /// <summary>The reader's field for each of the writer's. Names go first; an alias may only claim what no name has.</summary>
    private static int[] MatchFields(RecordSchema writer, RecordSchema reader)
    {
        var readerOfWriter = new int[writer.Fields.Count];
        Array.Fill(readerOfWriter, NoField);
        for (int i = 0; i < reader.Fields.Count; i++)
        {
            int written = writer.IndexOf(reader.Fields[i].Name);
            if (written >= 0)
            {
                readerOfWriter[written] = i;
            }
        }

        for (int i = 0; i < reader.Fields.Count; i++)
        {
            foreach (string alias in reader.Fields[i].EarlierNames())
            {
                int written = writer.IndexOf(alias);
                if (written >= 0 && readerOfWriter[written] == NoField && Array.IndexOf(readerOfWriter, i) < 0)
                {
                    readerOfWriter[written] = i;
                }
            }
        }

        return readerOfWriter;
    }

    private ResolvedNode? ResolveField(Schema writer, Field field, Place at)
    {
        string path = ResolvedSlots.Join(at.Path, field.Name);
        return Resolve(writer, field.Schema, new Place(slots.Of(path), path, IsOutermost: false, at.Depth + 1));
    }

    private ResolvedNode? DefaultOf(Field field, RecordSchema writer, Place at)
    {
        string path = ResolvedSlots.Join(at.Path, field.Name);
        var place = new Place(slots.Of(path), path, IsOutermost: false, at.Depth + 1);
        if (target.DefaultOf(field) is not { } encoded)
        {
            var written = new List<string>();
            foreach (Field candidate in writer.Fields)
            {
                written.Add(candidate.Name);
            }

            return Refuse(
                place,
                $"the writer's {writer.FullName()} has no such field, and the reader's has no default."
                + NearestName.Hint(field.Name, written));
        }

        ResolvedNode? value = Resolve(field.Schema, field.Schema, place);
        return value is null
            ? null
            : new ResolvedNode(ResolvedOp.Default, place.Slot) { Children = [value], DefaultEncoded = encoded };
    }
}
