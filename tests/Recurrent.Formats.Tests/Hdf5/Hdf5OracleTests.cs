using PureHDF;
using Recurrent.Formats.Hdf5;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Tests.Hdf5;

/// <summary>What the reader of HDF5 finds in a file is what another one, PureHDF, finds: groups, numbers and attributes.</summary>
public sealed class Hdf5OracleTests
{
    private static readonly Hdf5Style[] Styles =
    [
        new(),
        new() { HasVariableText = true },
        new() { Layout = 2 },
        new() { Layout = 2, Filters = [2, 1], NumberBytes = 8 },
        new() { IsNew = true, HasVariableText = true, Layout = 0 },
        new() { IsNew = true, Layout = 2, Filters = [1] },
    ];

    public static TheoryData<string, int> Cases => new(
        from name in (string[])["lstm_stack", "bidirectional", "activations", "embedding", "residual_keras_3"]
        from style in Enumerable.Range(0, Styles.Length)
        select (name, style));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Both_readers_find_the_same(string name, int style)
    {
        using SafetensorsFile model = SafetensorsFile.Open(GoldenFiles.PathOf("keras", name + ".safetensors"));
        byte[] bytes = KerasFiles.ToH5(model, Styles[style]);
        using var theirs = H5File.Open(new MemoryStream(bytes));
        Hdf5Object ours = Hdf5File.Open(new MemorySource(bytes), new MemoryBudget(bytes.Length)).Root;

        int count = Compare(ours, theirs, Styles[style].NumberBytes);

        Assert.Equal(model.Tensors.Count, count);
    }

    /// <returns>How many data sets there are.</returns>
    private static int Compare(Hdf5Object ours, IH5Group theirs, int numberBytes)
    {
        Assert.Equal(theirs.Children().Select(child => child.Name).Order(StringComparer.Ordinal), ours.Names.Order(StringComparer.Ordinal));
        foreach (IH5Attribute attribute in theirs.Attributes())
        {
            Hdf5Attribute? found = ours.Attribute(attribute.Name);
            Assert.NotNull(found);
            if (attribute.Space.Type == H5DataspaceType.Scalar)
            {
                Assert.Equal(attribute.Read<string>(), found.Text());
            }
            else if (attribute.Space.Dimensions[0] > 0)
            {
                Assert.Equal(attribute.Read<string[]>(), found.Texts());
            }
        }

        int count = 0;
        foreach (IH5Object child in theirs.Children())
        {
            Hdf5Object found = ours.Find(child.Name)!;
            if (child is IH5Group group)
            {
                count += Compare(found, group, numberBytes);
                continue;
            }

            var data = (IH5Dataset)child;
            Tensor tensor = found.ToTensor(child.Name);
            Assert.Equal(data.Space.Dimensions.Select(size => (long)size), tensor.Shape);
            double[] values = numberBytes == sizeof(double)
                ? data.Read<double[]>()
                : [.. data.Read<float[]>().Select(value => (double)value)];
            Assert.Equal(values, tensor.ToDoubles());
            count++;
        }

        return count;
    }
}
