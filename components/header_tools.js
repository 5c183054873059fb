export default { props: ["data"], template: "<div><slot /></div>" };
