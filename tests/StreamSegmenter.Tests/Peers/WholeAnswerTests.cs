using StreamSegmenter.Api;
using StreamSegmenter.Host.Peers;

namespace StreamSegmenter.Tests.Peers;

/// <summary>When several instances' answers are a whole one.</summary>
public sealed class WholeAnswerTests
{
    [Theory]
    [InlineData(4, "0,1,2,3", "")]
    [InlineData(4, "2,0", "3,1")]
    [InlineData(1, "0", "")]
    public void Every_partition_once_is_whole(int partitions, string one, string other) => WholeAnswer.Require(partitions, [Of(one), Of(other)]);

    [Theory]
    [InlineData(4, "0,1", "2", "Partition 3 is being restored, or of an instance that does not answer: engine-2:9464 does not answer.")]
    [InlineData(4, "0", "", "Partitions 1, 2, 3 are being restored, or of an instance that does not answer: engine-2:9464 does not answer.")]
    [InlineData(4, "0,1,2,3", "3", "Partition 3 moves from one instance to another.")]
    [InlineData(4, "0,1,2", "2,3", "Partition 2 moves from one instance to another.")]
    [InlineData(0, "", "", "The engine starts: engine-2:9464 does not answer.")]
    public void A_partition_that_is_missing_or_there_twice_is_none(int partitions, string one, string other, string why)
    {
        var problem = Assert.Throws<ApiException>(() => WholeAnswer.Require(partitions, [Of(one), Of(other) with { Trouble = "engine-2:9464 does not answer" }]));
        Assert.Equal((503, 2, why), (problem.Status, problem.RetryAfterSeconds, problem.Message));
    }

    private static OwnAnswer<string> Of(string partitions) =>
        new([.. partitions.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(partition => int.Parse(partition, null))], "");
}
