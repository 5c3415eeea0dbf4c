using StreamSegmenter.Api;

namespace StreamSegmenter.Host.Peers;

/// <summary>Several instances' answers are a whole one when they are about every partition, and none about one that another is about, too: while
/// partitions move, there is none.</summary>
internal static class WholeAnswer
{
    /// <param name="partitions">Of the inputs, over all instances; 0: not known yet.</param>
    /// <exception cref="ApiException">They are not whole: 503, with the reasons.</exception>
    public static void Require<T>(int partitions, IReadOnlyCollection<OwnAnswer<T>> answers)
    {
        int[] looked = [.. answers.SelectMany(answer => answer.Partitions)];
        if (looked.GroupBy(partition => partition).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw ApiException.NotNow($"Partition {twice.Key} moves from one instance to another.");
        }

        if (partitions == 0 || looked.Length < partitions)
        {
            var missing = Enumerable.Range(0, partitions).Except(looked).ToArray();
            string[] reasons = [.. answers.Select(answer => answer.Trouble).OfType<string>().Distinct()];
            throw ApiException.NotNow(
                (missing.Length == 0 ? "The engine starts" : $"{(missing.Length == 1 ? "Partition" : "Partitions")} {string.Join(", ", missing)} "
                    + $"{(missing.Length == 1 ? "is" : "are")} being restored, or of an instance that does not answer")
                + (reasons.Length == 0 ? "." : $": {string.Join("; ", reasons)}."));
        }
    }
}
