using Recurrent.Training;

namespace Recurrent.Tests.Training;

public sealed class FitAllocationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batches_allocate_nothing(bool weighted)
    {
        Targets<float> y = weighted
            ? SmallTask.Data.Y.WithWeights(SmallTask.Wave(SmallTask.Count).Select(MathF.Abs).ToArray())
                .WithClassWeights(new Dictionary<int, double> { [0] = 2 })
            : SmallTask.Data.Y;
        using TrainableModel<float> model = SmallTask.Model(optimizer: new Adam(1e-3) { GlobalClipNorm = 1 });
        Measure(batchSize: 1);
        Measure(batchSize: 4);

        // 21 batches an epoch against 6: more batches, and no more bytes.
        long many = Enumerable.Range(0, 20).Min(_ => Measure(batchSize: 1));
        long few = Enumerable.Range(0, 20).Min(_ => Measure(batchSize: 4));

        // A loss of every batch is kept: 8 bytes each, in a list that has room from the start.
        Assert.Equal(8 * 50 * (21 - 6), many - few, 64.0);

        long Measure(int batchSize)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            model.Fit(SmallTask.Data.X, y, epochs: 50, batchSize: batchSize);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
